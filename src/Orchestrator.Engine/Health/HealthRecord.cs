namespace Orchestrator.Engine.Health;

/// <summary>Whether a container is well, as far as its own check can tell.</summary>
public enum HealthStatus
{
    Starting,
    Healthy,
    Unhealthy,
}

/// <summary>What the checks of one run found.</summary>
/// <param name="FailingStreak">Checks in a row that failed and count.</param>
/// <param name="Log">The last few, oldest first.</param>
public sealed record HealthRecord(HealthStatus Status, int FailingStreak, IReadOnlyList<ProbeResult> Log);

/// <summary>One check.</summary>
/// <param name="ExitCode">0: well. -1: it could not be run, or took too long.</param>
/// <param name="Output">What it printed, or why it did not come to that.</param>
public sealed record ProbeResult(DateTimeOffset Start, DateTimeOffset End, int ExitCode, string Output);
