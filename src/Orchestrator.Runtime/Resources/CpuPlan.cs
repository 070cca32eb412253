using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Resources;

/// <summary>CPU time. 0 means nothing was asked for, but for idle and burst, where it lifts.</summary>
internal static class CpuPlan
{
    private const string Controller = "cpu", QuotaRemedy = "1000 microseconds is the least, for cpu.period too";

    public static void Add(WriteList list, CpuResources cpu)
    {
        if (cpu.Idle is { } idle)
            Idle(list, idle);
        if (cpu.Shares is { } shares and not 0 && cpu.Idle is not 1) // Idle is the least weight, and fixed.
            Shares(list, shares);
        if (cpu.Quota is < -1)
            throw WriteList.Fault("cpu.quota", cpu.Quota, "it is microseconds, or -1 for no limit");
        if (cpu.Quota is not (null or 0))
            Bandwidth(list, cpu, "cpu.quota", cpu.Quota);
        else if (cpu.Period is not (null or 0))
            Bandwidth(list, cpu, "cpu.period", cpu.Period);
        if (cpu.Burst is { } burst)
            Burst(list, burst);
        RealTime(list, cpu);
    }

    /// <summary>v1's weight, 2…262144, on v2's scale, 1…10000. Source: runtime-spec, cgroup v2 conversion.</summary>
    internal static ulong Weight(ulong shares) => 1 + ((Math.Clamp(shares, 2, 262144) - 2) * 9999 / 262142);

    private static void Idle(WriteList list, long idle)
    {
        if (idle is not (0 or 1))
            throw WriteList.Fault("cpu.idle", idle, "it must be 0 or 1");
        list.Add("cpu.idle", idle, list.Need(Controller, "cpu.idle", idle).Path, "cpu.idle", $"{idle}");
    }

    private static void Shares(WriteList list, ulong shares)
    {
        var (directory, isV2) = list.Need(Controller, "cpu.shares", shares);
        if (isV2)
            list.Add("cpu.shares", shares, directory, "cpu.weight", $"{Weight(shares)}");
        else
            list.Add("cpu.shares", shares, directory, "cpu.shares", $"{shares}");
    }

    private static void Bandwidth(WriteList list, CpuResources cpu, string field, object value)
    {
        var (directory, isV2) = list.Need(Controller, field, value);
        if (isV2)
        {
            list.Add(field, value, directory, "cpu.max", MaxV2(directory, cpu), QuotaRemedy);
            return;
        }

        if (cpu.Period is { } period and not 0)
            list.Add("cpu.period", period, directory, "cpu.cfs_period_us", $"{period}", QuotaRemedy);
        if (cpu.Quota is { } quota and not 0)
            list.Add("cpu.quota", quota, directory, "cpu.cfs_quota_us", $"{quota}", QuotaRemedy);
    }

    /// <summary>"QUOTA PERIOD", in one file: what is not given stays as it is.</summary>
    private static string MaxV2(string directory, CpuResources cpu)
    {
        var path = $"{directory}/cpu.max";
        var now = File.Exists(path) ? File.ReadAllText(path).Trim().Split(' ') : [];
        var (quotaNow, periodNow) = now is [var q, var p] ? (q, p) : ("max", "100000");
        var quota = cpu.Quota switch { null or 0 => quotaNow, < 0 => "max", { } given => $"{given}" };
        return $"{quota} {(cpu.Period is { } period and not 0 ? $"{period}" : periodNow)}";
    }

    private static void Burst(WriteList list, ulong burst)
    {
        var (directory, isV2) = list.Need(Controller, "cpu.burst", burst);
        list.Add("cpu.burst", burst, directory, isV2 ? "cpu.max.burst" : "cpu.cfs_burst_us", $"{burst}",
            "it must be at most cpu.quota");
    }

    private static void RealTime(WriteList list, CpuResources cpu)
    {
        const string remedy = "every cgroup above it needs as much, and the kernel CONFIG_RT_GROUP_SCHED";
        if (cpu.RealtimePeriod is { } period and not 0)
            list.Add("cpu.realtimePeriod", period, list.NeedV1(Controller, "cpu.realtimePeriod", period),
                "cpu.rt_period_us", $"{period}", remedy);
        if (cpu.RealtimeRuntime is { } runtime and not 0)
            list.Add("cpu.realtimeRuntime", runtime, list.NeedV1(Controller, "cpu.realtimeRuntime", runtime),
                "cpu.rt_runtime_us", $"{runtime}", remedy);
    }
}
