namespace Orchestrator.Build.Syntax;

/// <summary><c>HEALTHCHECK [FLAGS] CMD COMMAND</c> or <c>HEALTHCHECK NONE</c>.</summary>
public sealed record HealthCheckInstruction : Instruction
{
    /// <summary>Null for <c>NONE</c>: the base's check is taken away.</summary>
    public CommandLine? Command { get; init; }

    /// <summary>Zero inherits, as in all below.</summary>
    public TimeSpan Interval { get; init; }

    public TimeSpan Timeout { get; init; }

    public TimeSpan StartPeriod { get; init; }

    public TimeSpan StartInterval { get; init; }

    public int Retries { get; init; }
}
