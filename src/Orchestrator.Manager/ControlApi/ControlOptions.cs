namespace Orchestrator.Manager.ControlApi;

public sealed record ControlOptions
{
    /// <summary>How long a call waits for a leader while there is none. Default 5 s.</summary>
    public TimeSpan LeaderWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        if (LeaderWait < TimeSpan.Zero)
            yield return $"control.leader-wait is {LeaderWait}; set zero or more.";
    }
}
