namespace Orchestrator.Store.Log;

/// <summary>How the log lies on disk.</summary>
public sealed record RaftLogOptions
{
    /// <summary>Bytes of one segment, written as zeros ahead of use. Default 16 MiB.</summary>
    public int SegmentBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// Entries kept before a snapshot, so that a follower a little behind needs no snapshot. Default 500.
    /// </summary>
    public ulong TrailingEntries { get; init; } = 500;

    /// <summary>What log and snapshots are encrypted under on this disk; null: they are not.</summary>
    public DataKey? Key { get; init; }

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        if (SegmentBytes < 64 * 1024)
            yield return $"raft.segment-bytes is {SegmentBytes}; set 65536 or more.";
    }
}
