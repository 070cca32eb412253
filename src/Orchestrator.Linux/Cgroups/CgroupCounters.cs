namespace Orchestrator.Linux.Cgroups;

/// <summary>What a cgroup has used. CPU in nanoseconds, the rest in bytes or counts; a limit of 0 is none.</summary>
public sealed record CgroupCounters
{
    public ulong CpuTotal { get; init; }

    public ulong CpuUser { get; init; }

    public ulong CpuSystem { get; init; }

    public ulong Periods { get; init; }

    public ulong ThrottledPeriods { get; init; }

    public ulong ThrottledTime { get; init; }

    public ulong MemoryUsage { get; init; }

    public ulong MemoryLimit { get; init; }

    public ulong MemoryInactiveFile { get; init; }

    public required Dictionary<string, ulong> Memory { get; init; }

    public ulong Pids { get; init; }

    public ulong PidsLimit { get; init; }

    public ulong BlockRead { get; init; }

    public ulong BlockWrite { get; init; }
}
