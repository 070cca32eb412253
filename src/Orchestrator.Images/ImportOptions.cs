using System.Collections.Immutable;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images;

/// <summary>What <c>import</c> makes of a bare root file system.</summary>
public sealed record ImportOptions
{
    /// <summary>The name to put on it, tag <c>latest</c> where it has none; null leaves it dangling.</summary>
    public string? Reference { get; init; }

    /// <summary>
    /// Dockerfile instructions: CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME,
    /// WORKDIR.
    /// </summary>
    public ImmutableArray<string> Changes { get; init; } = [];

    /// <summary>The comment in the history. Docker's default is <c>Imported from -</c>.</summary>
    public string Message { get; init; } = "Imported from -";

    /// <summary>Null is the host's.</summary>
    public Platform? Platform { get; init; }
}
