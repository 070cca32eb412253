using System.Globalization;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Runtime.Shim;

/// <summary>Cgroup counters as the wire has them, with the host's CPU time beside.</summary>
internal static class StatsMapping
{
    private const ulong NanosecondsPerTick = 10_000_000;

    public static ContainerStats Of(CgroupSet cgroups)
    {
        var counters = cgroups.Counters();
        return new ContainerStats
        {
            ReadAt = DateTimeOffset.UtcNow,
            CpuTotalNanoseconds = counters.CpuTotal,
            CpuUserNanoseconds = counters.CpuUser,
            CpuKernelNanoseconds = counters.CpuSystem,
            SystemCpuNanoseconds = HostCpu(File.ReadLines("/proc/stat").First()),
            OnlineCpus = Environment.ProcessorCount,
            ThrottlingPeriods = counters.Periods,
            ThrottledPeriods = counters.ThrottledPeriods,
            ThrottledNanoseconds = counters.ThrottledTime,
            MemoryUsageBytes = counters.MemoryUsage,
            MemoryLimitBytes = counters.MemoryLimit,
            MemoryInactiveFileBytes = counters.MemoryInactiveFile,
            Memory = counters.Memory,
            PidsCurrent = counters.Pids,
            PidsLimit = counters.PidsLimit,
            BlockReadBytes = counters.BlockRead,
            BlockWriteBytes = counters.BlockWrite,
            OomKills = cgroups.OomKills(),
        };
    }

    /// <summary>
    /// The first seven numbers of the line "cpu …" of /proc/stat; the rest is counted in them already.
    /// </summary>
    internal static ulong HostCpu(string line) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(7)
            .Aggregate(0UL, (sum, n) => sum + ulong.Parse(n, CultureInfo.InvariantCulture)) * NanosecondsPerTick;
}
