using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax;

/// <summary>The <c># key=value</c> lines above everything else in a Dockerfile.</summary>
public sealed record ParserDirectives
{
    public static ParserDirectives None { get; } = new();

    /// <summary>The frontend that <c># syntax=</c> names; there is one here, so it is only told.</summary>
    public string? Syntax { get; init; }

    /// <summary>What continues a line and takes a character's meaning away: backslash or backtick.</summary>
    public char Escape { get; init; } = '\\';

    /// <summary>Rules that <c># check=skip=</c> silences; <c>all</c> silences every one.</summary>
    public ImmutableArray<string> SkippedChecks { get; init; } = [];

    /// <summary>Rules that are off unless <c># check=experimental=</c> names them; <c>all</c> is every one.</summary>
    public ImmutableArray<string> ExperimentalChecks { get; init; } = [];

    /// <summary>Whether <c># check=error=true</c> makes a finding end the build.</summary>
    public bool FindingsAreErrors { get; init; }
}
