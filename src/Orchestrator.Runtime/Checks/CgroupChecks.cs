using Orchestrator.Init;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Runtime.Plans;
using Orchestrator.Runtime.Resources;

namespace Orchestrator.Runtime.Checks;

/// <summary>A cgroup is made in every hierarchy, each controller's limit is written there, and it is removed.</summary>
internal static class CgroupChecks
{
    private const string Area = "cgroups";

    /// <summary>Names on v1 and on v2, a file of each that takes back what it says, and what goes without.</summary>
    private static readonly (string V1, string V2, string V1File, string V2File, string Cost)[] Controllers =
    [
        ("cpu", "cpu", "cpu.cfs_quota_us", "cpu.max", "no --cpus, no CPU weights"),
        ("cpuset", "cpuset", "cpuset.cpus", "cpuset.cpus", "no --cpuset-cpus, no --cpuset-mems"),
        ("memory", "memory", "memory.limit_in_bytes", "memory.max", "no memory limit: one container can take it all"),
        ("pids", "pids", "pids.max", "pids.max", "no process limit: a fork bomb takes the host along"),
        ("blkio", "io", "blkio.throttle.read_bps_device", "io.max", "no --device-read-bps, no I/O weights"),
        ("hugetlb", "hugetlb", "hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.max", "no linux.resources.hugepageLimits"),
        ("rdma", "rdma", "rdma.max", "rdma.max", "no linux.resources.rdma"),
        ("net_cls", "", "net_cls.classid", "", "no linux.resources.network.classID (v1 only)"),
        ("net_prio", "", "net_prio.ifpriomap", "", "no linux.resources.network.priorities (v1 only)"),
    ];

    public static IEnumerable<Finding> All()
    {
        var layout = CgroupLayout.Detect();
        yield return Mode(layout);
        if (layout.Hierarchies.Count == 0)
            yield break;
        var cgroups = new CgroupSet(layout, $"/orch-check-{Environment.ProcessId}", "cpuset", "hugetlb", "rdma");
        var failure = Probe.Do(cgroups.Create);
        yield return Probe.Found(Area, "make a cgroup", failure, "made one in every hierarchy", "no limits").Required();
        try
        {
            foreach (var finding in failure is null ? Inside(layout, cgroups) : [])
                yield return finding;
        }
        finally
        {
            Probe.Do(cgroups.Remove);
        }
    }

    private static Finding Mode(CgroupLayout layout) => layout switch
    {
        { Hierarchies.Count: 0 } => Finding.Missing(
            Area, "mode", "none is mounted", "no container can be limited or killed as a whole").Required(),
        { IsUnified: true } => Finding.Present(Area, "mode", "v2 alone, at " + layout.Unified!.MountPoint),
        { Unified: { } unified } => Finding.Present(Area, "mode", "hybrid: v1, and v2 at " + unified.MountPoint),
        _ => Finding.Partial(
            Area, "mode", "v1 alone", "freezing and killing all of a container take several steps instead of one"),
    };

    private static IEnumerable<Finding> Inside(CgroupLayout layout, CgroupSet cgroups)
    {
        foreach (var (v1, v2, v1File, v2File, cost) in Controllers)
            yield return Controller(layout, cgroups, v1, v2, v1File, v2File, cost);
        yield return Devices(layout, cgroups);
        yield return Swap(layout, cgroups);
        yield return Probe.Found(
            Area, "freeze", Probe.Do(() => FreezeOnce(cgroups)), "froze and thawed one", "no pause");
        yield return BornInto(cgroups);
        yield return File.Exists("/proc/pressure/cpu")
            ? Finding.Present(Area, "pressure", "/proc/pressure")
            : Finding.Missing(Area, "pressure", "no /proc/pressure", "stats tell nothing of waiting (psi=1 at boot)");
        yield return Directory.Exists("/run/systemd/system")
            ? Finding.Present(Area, "systemd", "it runs")
            : Finding.Missing(Area, "systemd", "it does not run here", "--systemd-cgroup is refused; cgroupfs is used");
    }

    private static Finding Controller(
        CgroupLayout layout, CgroupSet cgroups, string v1, string v2, string v1File, string v2File, string cost)
    {
        var hierarchy = layout.Of(v1) ?? (v2.Length > 0 ? layout.Of(v2) : null);
        if (hierarchy is null)
            return Finding.Missing(Area, v1, "in no hierarchy", cost);
        var directory = cgroups.Directories.First(d => d.Name == hierarchy.Name).Path;
        var file = Path.Combine(directory, hierarchy.IsV2 ? v2File : v1File);
        var where = $"{(hierarchy.IsV2 ? "v2" : "v1")} at {hierarchy.MountPoint}";
        return File.Exists(file)
            ? Probe.Found(Area, v1, Probe.Do(() => WriteBack(file)), $"{where}; {Path.GetFileName(file)} takes values", cost)
            : Finding.Missing(Area, v1, $"{where}, but without {Path.GetFileName(file)}", cost);
    }

    /// <summary>What it says is what it takes; where it says nothing, there is nothing to take back.</summary>
    private static void WriteBack(string file)
    {
        var value = File.ReadAllText(file).Trim();
        if (value.Length > 0 && !value.Contains('\n', StringComparison.Ordinal))
            File.WriteAllText(file, value);
    }

    private static Finding Devices(CgroupLayout layout, CgroupSet cgroups)
    {
        const string name = "devices", cost = "every device of the host can be used through a node of one's own making";
        if (layout.Of("devices") is { IsV2: false } v1)
        {
            var directory = cgroups.Directories.First(d => d.Name == v1.Name).Path;
            return Probe.Found(
                Area, name, Probe.Do(() => File.WriteAllText($"{directory}/devices.deny", "a")),
                $"v1 at {v1.MountPoint}; devices.deny takes rules", cost);
        }

        return cgroups.UnifiedDirectory is not { } unified
            ? Finding.Missing(Area, name, "in no hierarchy", cost)
            : Probe.Found(
                Area, name, Probe.Do(() => DeviceFilter.Replace(unified, DeviceProgram.Compile([]))),
                "a BPF program on v2: attached one", cost);
    }

    private static Finding Swap(CgroupLayout layout, CgroupSet cgroups)
    {
        const string cost = "--memory-swap is ignored: a memory limit does not bound swap";
        if (layout.Of("memory") is not { } hierarchy)
            return Finding.Missing(Area, "swap limit", "no memory controller", cost);
        var directory = cgroups.Directories.First(d => d.Name == hierarchy.Name).Path;
        var file = hierarchy.IsV2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes";
        return File.Exists(Path.Combine(directory, file))
            ? Finding.Present(Area, "swap limit", file)
            : Finding.Missing(Area, "swap limit", $"no {file} (swapaccount=1 at boot)", cost);
    }

    private static void FreezeOnce(CgroupSet cgroups)
    {
        cgroups.Freeze();
        cgroups.Thaw();
    }

    private static Finding BornInto(CgroupSet cgroups)
    {
        const string name = "born into it", cost = "a start waits until every CPU has passed through the scheduler";
        return cgroups.UnifiedDirectory is not { } directory
            ? Finding.Missing(Area, name, "needs v2", cost)
            : Probe.Found(
                Area, name,
                Probe.InInit(
                    new PlanEntry(PlanOp.OpenCgroup, $"open {directory}") { Text1 = directory },
                    new PlanEntry(PlanOp.Fork, "clone3 with CLONE_INTO_CGROUP")),
                "clone3 with CLONE_INTO_CGROUP", cost);
    }
}
