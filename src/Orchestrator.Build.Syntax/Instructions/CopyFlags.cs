using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax;

/// <summary>What COPY and ADD have in common: where from, where to, and as whose files.</summary>
/// <remarks>Variables count in every word.</remarks>
public sealed record CopyFlags
{
    /// <summary>Paths and patterns (and for ADD addresses), without heredocs, as written.</summary>
    public required ImmutableArray<string> Sources { get; init; }

    /// <summary>Heredocs that become files, in their order among themselves.</summary>
    public ImmutableArray<Heredoc> Files { get; init; } = [];

    public required string Destination { get; init; }

    /// <summary><c>user[:group]</c>, names or numbers; null without the flag.</summary>
    public string? Chown { get; init; }

    /// <summary>Octal or symbolic; null without the flag.</summary>
    public string? Chmod { get; init; }

    /// <summary>The layer does not depend on what lies below it.</summary>
    public bool Link { get; init; }

    /// <summary>Patterns, as in <c>.dockerignore</c>, of what is left out.</summary>
    public ImmutableArray<string> Exclude { get; init; } = [];
}
