using Orchestrator.Build.Syntax.Patterns;

namespace Orchestrator.Build.Syntax.Checks;

/// <summary>What checks know beside the Dockerfile.</summary>
public sealed record CheckInputs
{
    /// <summary>What the context's ignore file leaves out.</summary>
    public IgnoreFile Ignored { get; init; } = IgnoreFile.Empty;

    /// <summary>The platform that is built for, <c>os/arch</c>; empty: the host's, and bases are not held to it.</summary>
    public string Platform { get; init; } = "";

    /// <summary>What is known of a base image by its name; null: nothing.</summary>
    public Func<string, BaseFacts?> Bases { get; init; } = _ => null;
}
