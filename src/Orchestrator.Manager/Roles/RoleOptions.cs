namespace Orchestrator.Manager.Roles;

public sealed record RoleOptions
{
    /// <summary>
    /// How often membership is compared with the nodes' roles; changes of nodes are seen at once. Default 1 s.
    /// </summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        if (Interval <= TimeSpan.Zero)
            yield return $"roles.interval is {Interval}; set more than zero.";
    }
}
