using Orchestrator.Linux;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Resources;

/// <summary>config.json's resources in the words of the host's cgroups, controller by controller: of v1 where it is
/// mounted there, of v2 otherwise.</summary>
internal static class ResourcePlan
{
    /// <summary>Controllers the resources need that a container is not given as a matter of course.</summary>
    public static string[] Controllers(ResourcesSpec? resources)
    {
        var wanted = new List<string>();
        if (resources?.Cpu is { } cpu && (cpu.Cpus is { Length: > 0 } || cpu.Mems is { Length: > 0 }))
            wanted.Add("cpuset");
        if (resources?.HugepageLimits is { Length: > 0 })
            wanted.Add("hugetlb");
        if (resources?.Rdma is { Count: > 0 })
            wanted.Add("rdma");
        foreach (var name in resources?.Unified?.Keys.Select(UnifiedPlan.Controller) ?? [])
            wanted.Add(name);
        return [.. wanted.Distinct()];
    }

    /// <summary>All limits of a container that is being made, and what devices it may use.</summary>
    /// <exception cref="RuntimeException">Names the setting.</exception>
    public static void Create(CgroupSet cgroups, ResourcesSpec? resources)
    {
        Apply(cgroups, resources ?? new());
        Devices(cgroups, resources?.Devices);
    }

    /// <summary>Changes the limits of a container that runs; what is null stays, and after an error all does.</summary>
    /// <exception cref="RuntimeException">Names the setting.</exception>
    public static void Update(CgroupSet cgroups, ResourcesSpec resources)
    {
        if (Controllers(resources).Contains("cpuset"))
            cgroups.Extend("cpuset");
        Apply(cgroups, resources);
        if (resources.Devices is { } devices)
            Devices(cgroups, devices);
    }

    /// <summary>Pure, but for values now in force where a new one depends on them.</summary>
    internal static IReadOnlyList<CgroupWrite> Build(CgroupSet cgroups, ResourcesSpec resources)
    {
        var list = new WriteList(cgroups);
        MemoryPlan.Add(list, resources.Memory ?? new());
        CpuPlan.Add(list, resources.Cpu ?? new());
        CpusetPlan.Add(list, resources.Cpu ?? new());
        PidsPlan.Add(list, resources.Pids);
        BlockIoPlan.Add(list, resources.BlockIo ?? new());
        HugepagePlan.Add(list, resources.HugepageLimits ?? []);
        NetworkPlan.Add(list, resources.Network ?? new());
        RdmaPlan.Add(list, resources.Rdma ?? []);
        UnifiedPlan.Add(list, resources.Unified ?? []); // Last: the most particular word counts.
        return list.Writes;
    }

    private static void Apply(CgroupSet cgroups, ResourcesSpec resources)
    {
        try
        {
            LimitWriter.Apply(Build(cgroups, resources));
        }
        catch (CgroupLimitException e)
        {
            throw new RuntimeException(e.Message);
        }
    }

    private static void Devices(CgroupSet cgroups, DeviceRule[]? rules)
    {
        // A list that denies everything still leaves the devices every container has: their nodes are made inside.
        DeviceRule[] all = [.. rules ?? [], .. ContainerDefaults.DeviceRules.Where(d => d.Allow)];
        var accesses = DeviceAccess.Parse(all);
        try
        {
            if (cgroups.For("devices") is ({ } v1, false))
                LimitWriter.Apply(DeviceListV1.Build(accesses, v1));
            else if (cgroups.UnifiedDirectory is { } v2)
                DeviceFilter.Replace(v2, DeviceProgram.Compile(accesses));
            else
                throw new RuntimeException(
                    "linux.resources.devices: this host has neither cgroup v2 nor v1's devices: mount one of them");
        }
        catch (LinuxException e)
        {
            throw new RuntimeException($"linux.resources.devices: {e.Message}");
        }
        catch (CgroupLimitException e)
        {
            throw new RuntimeException(e.Message);
        }
    }
}
