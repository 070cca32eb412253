using System.Globalization;

namespace Orchestrator.Linux.Cgroups;

/// <summary>Counters from v1's files or v2's, controller by controller; what is not there counts 0.</summary>
internal static class CounterReader
{
    /// <summary>USER_HZ, in which v1 tells user and system time.</summary>
    private const ulong NanosecondsPerTick = 10_000_000;

    public static CgroupCounters Read(CgroupSet cgroup) => Io(cgroup, Pids(cgroup, Memory(cgroup, Cpu(cgroup))));

    private static CgroupCounters Cpu(CgroupSet cgroup)
    {
        var throttling = cgroup.For("cpu") is ({ } cpu, _) ? CgroupFile.Table($"{cpu}/cpu.stat") : [];
        var counters = new CgroupCounters
        {
            Memory = [],
            Periods = throttling.GetValueOrDefault("nr_periods"),
            ThrottledPeriods = throttling.GetValueOrDefault("nr_throttled"),
            ThrottledTime = throttling.GetValueOrDefault("throttled_time") // v1: ns; v2: µs.
                + (throttling.GetValueOrDefault("throttled_usec") * 1000),
        };
        if (cgroup.For("cpuacct") is not ({ } account, false))
            return counters with
            {
                CpuTotal = throttling.GetValueOrDefault("usage_usec") * 1000,
                CpuUser = throttling.GetValueOrDefault("user_usec") * 1000,
                CpuSystem = throttling.GetValueOrDefault("system_usec") * 1000,
            };
        var split = CgroupFile.Table($"{account}/cpuacct.stat");
        return counters with
        {
            CpuTotal = CgroupFile.Number($"{account}/cpuacct.usage"),
            CpuUser = split.GetValueOrDefault("user") * NanosecondsPerTick,
            CpuSystem = split.GetValueOrDefault("system") * NanosecondsPerTick,
        };
    }

    private static CgroupCounters Memory(CgroupSet cgroup, CgroupCounters counters)
    {
        if (cgroup.For("memory") is not var (directory, isV2))
            return counters;
        var table = CgroupFile.Table($"{directory}/memory.stat");
        return counters with
        {
            Memory = table,
            MemoryUsage = CgroupFile.Number($"{directory}/{(isV2 ? "memory.current" : "memory.usage_in_bytes")}"),
            MemoryLimit = CgroupFile.Number($"{directory}/{(isV2 ? "memory.max" : "memory.limit_in_bytes")}"),
            MemoryInactiveFile = table.GetValueOrDefault(isV2 ? "inactive_file" : "total_inactive_file"),
        };
    }

    private static CgroupCounters Pids(CgroupSet cgroup, CgroupCounters counters) =>
        cgroup.For("pids") is not var (directory, _)
            ? counters
            : counters with
            {
                Pids = CgroupFile.Number($"{directory}/pids.current"),
                PidsLimit = CgroupFile.Number($"{directory}/pids.max"),
            };

    private static CgroupCounters Io(CgroupSet cgroup, CgroupCounters counters)
    {
        if (cgroup.For("blkio") is ({ } v1, false))
        {
            var text = CgroupFile.TryRead($"{v1}/blkio.throttle.io_service_bytes_recursive") ?? "";
            return counters with { BlockRead = SumLines(text, " Read "), BlockWrite = SumLines(text, " Write ") };
        }

        var stat = cgroup.For("io") is ({ } v2, true) ? CgroupFile.TryRead($"{v2}/io.stat") ?? "" : "";
        return counters with { BlockRead = SumWords(stat, "rbytes="), BlockWrite = SumWords(stat, "wbytes=") };
    }

    /// <summary>"8:0 Read 4096" lines.</summary>
    internal static ulong SumLines(string text, string word) =>
        Sum(text.Split('\n').Where(l => l.Contains(word, StringComparison.Ordinal)).Select(
            l => l[(l.LastIndexOf(' ') + 1)..]));

    /// <summary>"8:0 rbytes=4096 wbytes=0 …" lines.</summary>
    internal static ulong SumWords(string text, string key) =>
        Sum(text.Split([' ', '\n']).Where(w => w.StartsWith(key, StringComparison.Ordinal))
            .Select(w => w[key.Length..]));

    private static ulong Sum(IEnumerable<string> numbers) =>
        numbers.Aggregate(0UL, (sum, n) => sum + (ulong.TryParse(n, CultureInfo.InvariantCulture, out var v) ? v : 0));
}
