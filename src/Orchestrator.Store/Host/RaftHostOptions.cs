using Orchestrator.Raft;
using Orchestrator.Store.Log;

namespace Orchestrator.Store.Host;

/// <summary>Settings of one member.</summary>
public sealed record RaftHostOptions
{
    /// <summary>Holds the folders <c>log</c> and <c>snapshots</c>.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// Length of a tick. Default 100 ms: with an election timeout of 8 to 15 ticks a dead leader is missed after 0.8 to
    /// 1.5 s, so writes are taken again within 2 s as a rule and 4 s at worst, while a pause of half a second is still
    /// forgiven.
    /// </summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(100);

    public RaftOptions Raft { get; init; } = new() { ElectionTicks = 8 };

    public RaftLogOptions Log { get; init; } = new();

    /// <summary>Entries between two raft snapshots. Default 10 000.</summary>
    public ulong SnapshotEntries { get; init; } = 10_000;

    /// <summary>Bytes of entries between two raft snapshots, if that comes first. Default 64 MiB.</summary>
    public long SnapshotBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Proposals and reads that may wait, each. Default 10 000.</summary>
    public int MaxWaiting { get; init; } = 10_000;

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        if (Tick < TimeSpan.FromMilliseconds(1))
            yield return $"raft.tick is {Tick.TotalMilliseconds} ms; set 1 ms or more.";
        if (SnapshotEntries < 1)
            yield return "raft.snapshot-entries is 0; set 1 or more.";
        foreach (var fault in Raft.Faults().Concat(Log.Faults()))
            yield return fault;
    }
}
