using System.Globalization;
using Orchestrator.Engine.Containers;

namespace Orchestrator.Engine.Running;

/// <summary>Samples what a running container uses.</summary>
internal static class Usage
{
    public static async Task<ContainerUsage> ReadAsync(IContainerRun run, CancellationToken cancellationToken)
    {
        var stats = await run.StatsAsync(cancellationToken);
        return new ContainerUsage
        {
            Read = stats.ReadAt,
            CpuNanoseconds = stats.CpuTotalNanoseconds,
            CpuUserNanoseconds = stats.CpuUserNanoseconds,
            CpuKernelNanoseconds = stats.CpuKernelNanoseconds,
            SystemCpuNanoseconds = stats.SystemCpuNanoseconds,
            OnlineCpus = stats.OnlineCpus,
            MemoryBytes = stats.MemoryUsageBytes,
            MemoryLimitBytes = stats.MemoryLimitBytes,
            InactiveFileBytes = stats.MemoryInactiveFileBytes,
            Pids = stats.PidsCurrent,
            PidsLimit = stats.PidsLimit,
            BlockReadBytes = stats.BlockReadBytes,
            BlockWriteBytes = stats.BlockWriteBytes,
            Networks = run.Connections.Any(connection => connection.Endpoint is not null)
                ? Parse(await File.ReadAllTextAsync($"/proc/{run.Pid}/net/dev", cancellationToken))
                : new Dictionary<string, NetworkUsage>(),
        };
    }

    /// <summary>
    /// The counters of /proc/PID/net/dev, which shows the namespace of that process; loopback left out.
    /// </summary>
    internal static Dictionary<string, NetworkUsage> Parse(string text)
    {
        var all = new Dictionary<string, NetworkUsage>();
        foreach (var line in text.Split('\n').Skip(2))
        {
            var colon = line.IndexOf(':');
            if (colon < 0 || line[..colon].Trim() is "lo")
                continue;
            var n = line[(colon + 1)..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Select(field => ulong.Parse(field, CultureInfo.InvariantCulture)).ToArray();
            if (n.Length >= 12)
                all[line[..colon].Trim()] = new NetworkUsage(n[0], n[1], n[2], n[3], n[8], n[9], n[10], n[11]);
        }

        return all;
    }
}
