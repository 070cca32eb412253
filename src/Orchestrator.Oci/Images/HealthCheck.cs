namespace Orchestrator.Oci.Images;

/// <summary>How docker asks a container whether it is well. Times are nanoseconds; zero inherits.</summary>
public sealed record HealthCheck
{
    /// <summary>
    /// Empty inherits; <c>NONE</c>, <c>CMD</c> and arguments, or <c>CMD-SHELL</c> and a command line.
    /// </summary>
    public string[]? Test { get; init; }

    public long Interval { get; init; }

    public long Timeout { get; init; }

    public long StartPeriod { get; init; }

    public long StartInterval { get; init; }

    public int Retries { get; init; }
}
