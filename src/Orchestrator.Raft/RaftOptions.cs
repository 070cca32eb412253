namespace Orchestrator.Raft;

/// <summary>What can be tuned in the core. Time is ticks; the host decides how long one is.</summary>
public sealed record RaftOptions
{
    /// <summary>Ticks between two heartbeats of a leader. Default 1.</summary>
    public int HeartbeatTicks { get; init; } = 1;

    /// <summary>Ticks without a leader before a member campaigns; each draws from [n, 2n). Default 10.</summary>
    public int ElectionTicks { get; init; } = 10;

    /// <summary>Entry bytes per append message; one larger entry goes alone. Default 512 KiB.</summary>
    public int MaxAppendBytes { get; init; } = 512 * 1024;

    /// <summary>Appends under way to one follower. Default 128.</summary>
    public int MaxInflightAppends { get; init; } = 128;

    /// <summary>Bytes under way to one follower. Default 8 MiB.</summary>
    public int MaxInflightBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Bytes appended and not committed above which a leader refuses proposals. Default 64 MiB.</summary>
    public long MaxUncommittedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of log that may be kept for the sake of slow followers. Default 64 MiB.</summary>
    public long MaxRetainedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Entry bytes handed to storage at once, which is one frame on disk. Default 4 MiB.</summary>
    public int MaxBatchBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// Entry bytes handed out to be applied at once, so that a long backlog does not starve ticks. Default 1 MiB.
    /// </summary>
    public int MaxApplyBytes { get; init; } = 1024 * 1024;

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        if (HeartbeatTicks < 1)
            yield return $"raft.heartbeat-ticks is {HeartbeatTicks}; set 1 or more.";
        if (ElectionTicks < 5 * HeartbeatTicks)
            yield return $"raft.election-ticks is {ElectionTicks}; set {5 * HeartbeatTicks} "
                + "or more (5 × heartbeat-ticks).";
        if (MaxAppendBytes < 1 || MaxInflightAppends < 1
            || MaxInflightBytes < 1 || MaxBatchBytes < 1 || MaxApplyBytes < 1)
            yield return "a raft limit is below 1; leave it out to get its default.";
    }
}
