namespace Orchestrator.Engine.Containers;

/// <summary>Limits of one container; zero, null and empty mean none.</summary>
public sealed record ResourceSpec
{
    /// <summary>Lifts a limit that is counted in bytes or processes.</summary>
    public const long Unlimited = -1;

    public long MemoryBytes { get; init; }

    public long MemoryReservationBytes { get; init; }

    /// <summary>Memory and swap together; -1 for unlimited swap.</summary>
    public long MemorySwapBytes { get; init; }

    /// <summary>0 to 100; null: the kernel's. cgroup v1 only.</summary>
    public long? MemorySwappiness { get; init; }

    /// <summary>Stall instead of kill when memory runs out. cgroup v1 only.</summary>
    public bool? OomKillDisable { get; init; }

    public long NanoCpus { get; init; }

    public long CpuShares { get; init; }

    public long CpuQuotaMicroseconds { get; init; }

    public long CpuPeriodMicroseconds { get; init; }

    public string CpusetCpus { get; init; } = "";

    public string CpusetMems { get; init; } = "";

    /// <summary>Negative: unlimited, said aloud.</summary>
    public long PidsLimit { get; init; }

    /// <summary>10 to 1000.</summary>
    public int BlkioWeight { get; init; }

    public IReadOnlyList<DeviceWeight> BlkioWeights { get; init; } = [];

    /// <summary>Bytes per second.</summary>
    public IReadOnlyList<DeviceRate> ReadBps { get; init; } = [];

    public IReadOnlyList<DeviceRate> WriteBps { get; init; } = [];

    /// <summary>Operations per second.</summary>
    public IReadOnlyList<DeviceRate> ReadIops { get; init; } = [];

    public IReadOnlyList<DeviceRate> WriteIops { get; init; } = [];
}

/// <param name="Path">A block device of the host.</param>
public sealed record DeviceWeight(string Path, int Weight);

/// <param name="Path">A block device of the host.</param>
public sealed record DeviceRate(string Path, ulong Rate);
