using System.Globalization;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Containers;

/// <summary>config.json's resources in the words of cgroups.</summary>
internal static class ResourceMapping
{
    public static CgroupLimits ToLimits(ResourcesSpec? resources) => new()
    {
        MemoryBytes = NotZero(resources?.Memory?.Limit),
        MemoryAndSwapBytes = NotZero(resources?.Memory?.Swap),
        MemoryReservationBytes = NotZero(resources?.Memory?.Reservation),
        CpuShares = resources?.Cpu?.Shares,
        CpuQuota = resources?.Cpu?.Quota,
        CpuPeriod = resources?.Cpu?.Period,
        Cpus = resources?.Cpu?.Cpus,
        Mems = resources?.Cpu?.Mems,
        Pids = NotZero(resources?.Pids?.Limit),
        // A list that denies everything still leaves the devices every container has: their nodes are made inside.
        Devices = resources?.Devices?.Concat(ContainerDefaults.DeviceRules.Where(d => d.Allow))
            .Select(d => (d.Allow, Rule(d))).ToArray(),
    };

    /// <summary>"c 1:3 rwm".</summary>
    internal static string Rule(DeviceRule rule) =>
        $"{rule.Type ?? "a"} {Number(rule.Major)}:{Number(rule.Minor)} {rule.Access ?? "rwm"}";

    private static string Number(long? number) =>
        number is { } n and >= 0 ? n.ToString(CultureInfo.InvariantCulture) : "*";

    private static long? NotZero(long? value) => value == 0 ? null : value;
}
