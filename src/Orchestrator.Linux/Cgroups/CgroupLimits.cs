namespace Orchestrator.Linux.Cgroups;

/// <summary>What a container may use; null leaves a limit as it is, -1 lifts it.</summary>
public sealed record CgroupLimits
{
    public long? MemoryBytes { get; init; }

    /// <summary>Memory and swap together.</summary>
    public long? MemoryAndSwapBytes { get; init; }

    public long? MemoryReservationBytes { get; init; }

    /// <summary>v1's scale: 2 to 262144, 1024 is one.</summary>
    public ulong? CpuShares { get; init; }

    /// <summary>Microseconds per period.</summary>
    public long? CpuQuota { get; init; }

    /// <summary>Microseconds.</summary>
    public ulong? CpuPeriod { get; init; }

    public string? Cpus { get; init; }

    public string? Mems { get; init; }

    public long? Pids { get; init; }

    /// <summary>In order, as v1's devices.allow and devices.deny take them.</summary>
    public IReadOnlyList<(bool Allow, string Rule)>? Devices { get; init; }
}
