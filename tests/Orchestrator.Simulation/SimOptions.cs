using Orchestrator.Raft;

namespace Orchestrator.Simulation;

/// <summary>How rough a run is. Chances are per mille; times are milliseconds of virtual time.</summary>
internal sealed record SimOptions
{
    public required string Profile { get; init; }

    public int Nodes { get; init; } = 5;

    public int Steps { get; init; } = 20_000;

    public int TickMs { get; init; } = 100;

    public RaftOptions Raft { get; init; } = new();

    public int DropPerMille { get; init; } = 5;

    public int DuplicatePerMille { get; init; } = 5;

    public int ReplayPerMille { get; init; } = 1;

    public int DelayMs { get; init; } = 10;

    public int LongDelayPerMille { get; init; } = 10;

    public int LongDelayMs { get; init; } = 1500;

    public int DiskMs { get; init; } = 5;

    public int DiskStallPerMille { get; init; } = 5;

    public int DiskStallMs { get; init; } = 2000;

    /// <summary>Mean time between two faults of a kind; 0 for never.</summary>
    public int CrashEveryMs { get; init; } = 8000;

    public int DownMs { get; init; } = 2000;

    public int PartitionEveryMs { get; init; } = 10_000;

    public int PartitionMs { get; init; } = 4000;

    public int PauseEveryMs { get; init; }

    public int PauseMs { get; init; } = 2500;

    public int TransferEveryMs { get; init; } = 20_000;

    public int ChurnEveryMs { get; init; }

    public int WriteEveryMs { get; init; } = 60;

    public int ReadEveryMs { get; init; } = 80;

    /// <summary>Entries between two snapshots; 0 for never.</summary>
    public int SnapshotEvery { get; init; } = 200;

    public ulong Trailing { get; init; } = 20;

    public static IReadOnlyList<SimOptions> Profiles { get; } =
    [
        new() { Profile = "calm", DropPerMille = 0, DuplicatePerMille = 0, CrashEveryMs = 30_000 },
        new()
        {
            Profile = "storm", CrashEveryMs = 300, DownMs = 250, DelayMs = 20, DiskMs = 40, WriteEveryMs = 30,
            PartitionEveryMs = 3000, PartitionMs = 800, Raft = new() { ElectionTicks = 5 }, TickMs = 20,
        },
        new() { Profile = "lossy", DropPerMille = 150, DuplicatePerMille = 100, ReplayPerMille = 20, LongDelayPerMille = 60 },
        new() { Profile = "slow disk", DiskMs = 120, DiskStallPerMille = 60, CrashEveryMs = 3000 },
        new() { Profile = "churn", ChurnEveryMs = 1500, CrashEveryMs = 5000, Nodes = 6, SnapshotEvery = 60 },
        new() { Profile = "snapshots", SnapshotEvery = 20, Trailing = 3, CrashEveryMs = 3000, PartitionEveryMs = 4000 },
        new() { Profile = "pauses", PauseEveryMs = 2000, TransferEveryMs = 4000, ReadEveryMs = 20 },
        new()
        {
            Profile = "tiny limits", Nodes = 3, CrashEveryMs = 2000, WriteEveryMs = 10,
            Raft = new() { MaxAppendBytes = 100, MaxInflightAppends = 2, MaxBatchBytes = 200, MaxApplyBytes = 100, MaxUncommittedBytes = 4000 },
        },
    ];
}
