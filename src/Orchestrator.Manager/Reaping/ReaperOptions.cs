namespace Orchestrator.Manager.Reaping;

public sealed record ReaperOptions
{
    /// <summary>How long a node may be down before its tasks count as lost for good. Default 24 h.</summary>
    public TimeSpan OrphanAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a container's place may wait for its address, whose asker must be gone by then. Default 30 s.
    /// </summary>
    public TimeSpan UnattendedAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        if (OrphanAfter <= TimeSpan.Zero)
            yield return $"reaper.orphan-after is {OrphanAfter}; set more than zero.";
    }
}
