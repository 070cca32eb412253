using System.Collections.Immutable;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images;

/// <summary>What <c>commit</c> makes of a container.</summary>
public sealed record CommitOptions
{
    /// <summary>The name to put on it, tag <c>latest</c> where it has none; null leaves it dangling.</summary>
    public string? Reference { get; init; }

    /// <summary>What a container of the new image runs, before <see cref="Changes"/>.</summary>
    public required ContainerConfig Config { get; init; }

    /// <summary>Dockerfile instructions, as for <see cref="ImportOptions.Changes"/>.</summary>
    public ImmutableArray<string> Changes { get; init; } = [];

    public string Author { get; init; } = "";

    /// <summary>The comment in the history.</summary>
    public string Message { get; init; } = "";

    /// <summary>The command line in the history.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>Absolute paths that do not get into the image, with what is below.</summary>
    public Func<string, bool> Skips { get; init; } = _ => false;
}
