using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>One container's line of stats, from two samples. What is not known is <c>--</c>.</summary>
internal sealed record StatsRow(string Asked, Stats Now, Stats Before)
{
    private const string Unknown = "--";

    public string CpuPercent
    {
        get
        {
            if (Now.Cpu.SystemUsage is not { } system || Before.Cpu.SystemUsage is not { } before || system <= before)
                return Now.Id.Length == 0 ? Unknown : "0.00%";
            var used = (double)Now.Cpu.Usage.Total - Before.Cpu.Usage.Total;
            return Percent(used / (system - before) * (Now.Cpu.OnlineCpus ?? 1) * 100);
        }
    }

    public string MemoryUsage => Now.Id.Length == 0 ? $"{Unknown} / {Unknown}"
        : $"{Units.BinarySize(Used)} / {Units.BinarySize(Now.Memory.Limit ?? 0)}";

    public string MemoryPercent =>
        Now.Id.Length == 0 ? Unknown
            : Percent(Now.Memory is { Usage: not null, Limit: > 0 and var limit } ? (double)Used / limit * 100 : 0);

    public string NetIo => Now.Networks is { } networks
        ? Pair(networks.Values.Sum(static n => (double)n.RxBytes), networks.Values.Sum(static n => (double)n.TxBytes))
        : Now.Id.Length == 0 ? Unknown : Pair(0, 0);

    public string BlockIo => Pair(Bytes("read"), Bytes("write"));

    public string Pids => Now.Pids.Current?.ToString(CultureInfo.InvariantCulture) ?? (Now.Id.Length == 0 ? Unknown : "0");

    /// <summary>Without the page cache that can be dropped: cgroup v1 and v2 name it differently.</summary>
    private ulong Used
    {
        get
        {
            var usage = Now.Memory.Usage ?? 0;
            var details = Now.Memory.Details;
            var inactive = details?.GetValueOrDefault("total_inactive_file") is > 0 and var v1
                ? v1
                : details?.GetValueOrDefault("inactive_file") ?? 0;
            return inactive < usage ? usage - inactive : usage;
        }
    }

    private double Bytes(string operation) => (Now.Blkio.ServiceBytes ?? [])
        .Where(entry => string.Equals(entry.Op, operation, StringComparison.OrdinalIgnoreCase)).Sum(
            static entry => (double)entry.Value);

    private static string Pair(double a, double b) => $"{Units.Size(a, 3)} / {Units.Size(b, 3)}";

    private static string Percent(double value) => value.ToString("0.00", CultureInfo.InvariantCulture) + "%";
}
