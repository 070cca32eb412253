using System.Globalization;

namespace Orchestrator.Linux.Cgroups;

/// <summary>Limits in the words of v1 or v2, controller by controller.</summary>
internal static class LimitWriter
{
    public static void Apply(CgroupSet cgroup, CgroupLimits limits)
    {
        Memory(cgroup, limits);
        Cpu(cgroup, limits);
        Cpuset(cgroup, limits);
        if (limits.Pids is { } pids)
            Write(Need(cgroup, "pids").Path, "pids.max", pids <= 0 ? "max" : Text(pids));
        if (limits.Devices is { } rules && cgroup.For("devices") is ({ } devices, false))
        {
            foreach (var (allow, rule) in rules)
                Write(devices, allow ? "devices.allow" : "devices.deny", rule);
        }
    }

    /// <summary>v1's weight, 2…262144, on v2's scale, 1…10000. Source: runtime-spec, cgroup v2 conversion.</summary>
    internal static ulong Weight(ulong shares) => 1 + ((Math.Clamp(shares, 2, 262144) - 2) * 9999 / 262142);

    private static void Memory(CgroupSet cgroup, CgroupLimits limits)
    {
        if (limits.MemoryBytes is null && limits.MemoryAndSwapBytes is null && limits.MemoryReservationBytes is null)
            return;
        var (directory, isV2) = Need(cgroup, "memory");
        if (isV2)
            MemoryV2(directory, limits);
        else
            MemoryV1(directory, limits);
    }

    private static void MemoryV2(string directory, CgroupLimits limits)
    {
        if (limits.MemoryAndSwapBytes is { } both && File.Exists($"{directory}/memory.swap.max"))
            Write(directory, "memory.swap.max", both < 0 ? "max" : Text(both - Math.Max(0, limits.MemoryBytes ?? 0)));
        if (limits.MemoryBytes is { } memory)
            Write(directory, "memory.max", memory < 0 ? "max" : Text(memory));
        if (limits.MemoryReservationBytes is { } reservation)
            Write(directory, "memory.low", reservation < 0 ? "0" : Text(reservation));
    }

    /// <summary>v1 keeps memory ≤ memory+swap at every moment: when growing, the sum must go first, when shrinking,
    /// last.
    /// </summary>
    private static void MemoryV1(string directory, CgroupLimits limits)
    {
        const string limitFile = "memory.limit_in_bytes", sumFile = "memory.memsw.limit_in_bytes";
        var sum = File.Exists($"{directory}/{sumFile}") ? limits.MemoryAndSwapBytes : null;
        var growing = sum is { } s && (s < 0 || (ulong)s > CgroupFile.Number($"{directory}/{sumFile}"))
            && CgroupFile.Number($"{directory}/{sumFile}") != 0;
        if (growing)
            Write(directory, sumFile, Text(sum!.Value));
        if (limits.MemoryBytes is { } memory)
            Write(directory, limitFile, Text(memory));
        if (!growing && sum is { } value)
            Write(directory, sumFile, Text(value));
        if (limits.MemoryReservationBytes is { } reservation)
            Write(directory, "memory.soft_limit_in_bytes", Text(reservation));
    }

    private static void Cpu(CgroupSet cgroup, CgroupLimits limits)
    {
        if (limits.CpuShares is null or 0 && limits.CpuQuota is null or 0 && limits.CpuPeriod is null or 0)
            return;
        var (directory, isV2) = Need(cgroup, "cpu");
        if (limits.CpuShares is { } shares and > 0)
            Write(directory, isV2 ? "cpu.weight" : "cpu.shares", isV2 ? $"{Weight(shares)}" : $"{shares}");
        var period = limits.CpuPeriod is { } p and > 0 ? p : 100_000;
        if (isV2 && (limits.CpuQuota ?? 0) != 0)
            Write(directory, "cpu.max", $"{(limits.CpuQuota < 0 ? "max" : Text(limits.CpuQuota!.Value))} {period}");
        if (!isV2 && limits.CpuPeriod is > 0)
            Write(directory, "cpu.cfs_period_us", $"{period}");
        if (!isV2 && limits.CpuQuota is { } quota and not 0)
            Write(directory, "cpu.cfs_quota_us", Text(quota));
    }

    private static void Cpuset(CgroupSet cgroup, CgroupLimits limits)
    {
        if (string.IsNullOrEmpty(limits.Cpus) && string.IsNullOrEmpty(limits.Mems))
            return;
        var (directory, _) = Need(cgroup, "cpuset");
        if (!string.IsNullOrEmpty(limits.Cpus))
            Write(directory, "cpuset.cpus", limits.Cpus);
        if (!string.IsNullOrEmpty(limits.Mems))
            Write(directory, "cpuset.mems", limits.Mems);
    }

    private static (string Path, bool IsV2) Need(CgroupSet cgroup, string controller) =>
        cgroup.For(controller)
            ?? throw new LinuxException("cgroup", $"controller {controller} (not on this host)", Errno.ENOTSUP);

    private static void Write(string directory, string file, string value) =>
        CgroupFile.Write($"{directory}/{file}", value);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
