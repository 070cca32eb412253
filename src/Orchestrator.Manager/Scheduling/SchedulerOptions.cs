namespace Orchestrator.Manager.Scheduling;

public sealed record SchedulerOptions
{
    /// <summary>Failures of one service version on one node after which the node is chosen last. Default 5.</summary>
    public int FaultThreshold { get; init; } = 5;

    /// <summary>How long a failure counts. Default 5 min.</summary>
    public TimeSpan FaultWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        if (FaultThreshold < 1)
            yield return $"scheduler.fault-threshold is {FaultThreshold}; set 1 or more.";
        if (FaultWindow <= TimeSpan.Zero)
            yield return $"scheduler.fault-window is {FaultWindow}; set more than zero.";
    }
}
