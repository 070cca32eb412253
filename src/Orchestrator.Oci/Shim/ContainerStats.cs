namespace Orchestrator.Oci.Shim;

/// <summary>Counters of a container's cgroup at one moment. CPU times are nanoseconds, memory and I/O bytes.</summary>
public sealed record ContainerStats
{
    public DateTimeOffset ReadAt { get; init; }

    public ulong CpuTotalNanoseconds { get; init; }

    public ulong CpuUserNanoseconds { get; init; }

    public ulong CpuKernelNanoseconds { get; init; }

    /// <summary>CPU time of the whole host, in nanoseconds: docker's percentage is a ratio of two deltas.</summary>
    public ulong SystemCpuNanoseconds { get; init; }

    public int OnlineCpus { get; init; }

    public ulong ThrottledPeriods { get; init; }

    public ulong ThrottlingPeriods { get; init; }

    public ulong ThrottledNanoseconds { get; init; }

    public ulong MemoryUsageBytes { get; init; }

    public ulong MemoryLimitBytes { get; init; }

    /// <summary>Page cache the kernel would give back first; docker's column is usage less this.</summary>
    public ulong MemoryInactiveFileBytes { get; init; }

    public Dictionary<string, ulong> Memory { get; init; } = [];

    public ulong PidsCurrent { get; init; }

    /// <summary>0: no limit.</summary>
    public ulong PidsLimit { get; init; }

    public ulong BlockReadBytes { get; init; }

    public ulong BlockWriteBytes { get; init; }

    public long OomKills { get; init; }
}
