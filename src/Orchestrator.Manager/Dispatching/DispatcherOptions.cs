namespace Orchestrator.Manager.Dispatching;

public sealed record DispatcherOptions
{
    /// <summary>Heartbeats that may be missed before a node is down. Default 3.</summary>
    public int MissedHeartbeats { get; init; } = 3;

    /// <summary>
    /// Share by which the period of each heartbeat is shortened or stretched, so that nodes do not beat in step.
    /// </summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>
    /// Least time between two messages of an assignment stream; the first change after a pause goes at once. Default 20
    /// ms.
    /// </summary>
    public TimeSpan AssignmentInterval { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        if (MissedHeartbeats < 1)
            yield return $"dispatcher.missed-heartbeats is {MissedHeartbeats}; set 1 or more.";
        if (Jitter is < 0 or > 0.5)
            yield return $"dispatcher.jitter is {Jitter}; set 0 to 0.5.";
    }
}
