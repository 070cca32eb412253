using Orchestrator.Linux.Cgroups;

namespace Orchestrator.Engine.Containers;

/// <summary>Which limits this host can keep. What it cannot is left out, and the creator is warned, as docker does.
/// </summary>
public sealed record KernelSupport
{
    public bool Memory { get; init; } = true;

    public bool Swap { get; init; } = true;

    public bool Swappiness { get; init; } = true;

    public bool OomKillDisable { get; init; } = true;

    public bool Cpu { get; init; } = true;

    public bool Cpuset { get; init; } = true;

    public bool Pids { get; init; } = true;

    public bool BlockWeight { get; init; } = true;

    public bool BlockWeightDevice { get; init; } = true;

    public bool BlockThrottle { get; init; } = true;

    /// <summary>CPUs and memory nodes a container may be bound to, as the kernel lists them.</summary>
    public string Cpus { get; init; } = "0-8191";

    public string Mems { get; init; } = "0-8191";

    /// <summary>This kernel has AppArmor, and it is on.</summary>
    public static bool HasApparmor { get; } = File.Exists("/sys/module/apparmor/parameters/enabled");

    /// <param name="cgroupParent">Where the containers' cgroups are: the root of a hierarchy lacks files they have.
    /// </param>
    public static KernelSupport Detect(string cgroupParent)
    {
        var layout = CgroupLayout.Detect();
        var (memory, io) = (Controller(layout, "memory"), Controller(layout, "blkio") ?? Controller(layout, "io"));
        return new KernelSupport
        {
            Memory = memory is not null,
            Swap = memory is { IsV2: true } ? Has(memory, cgroupParent, "memory.swap.max", otherwise: true)
                : Has(memory, cgroupParent, "memory.memsw.limit_in_bytes"),
            Swappiness = memory is { IsV2: false } && Has(memory, cgroupParent, "memory.swappiness"),
            OomKillDisable = memory is { IsV2: false } && Has(memory, cgroupParent, "memory.oom_control"),
            Cpu = Controller(layout, "cpu") is not null,
            Cpuset = Controller(layout, "cpuset") is not null,
            Pids = Controller(layout, "pids") is not null,
            BlockWeight = Has(io, cgroupParent, "blkio.weight") || Has(io, cgroupParent, "blkio.bfq.weight")
                || Has(io, cgroupParent, "io.weight") || Has(io, cgroupParent, "io.bfq.weight"),
            BlockWeightDevice = Has(io, cgroupParent, "blkio.weight_device")
                || Has(io, cgroupParent, "blkio.bfq.weight_device")
                || Has(io, cgroupParent, "io.weight") || Has(io, cgroupParent, "io.bfq.weight"),
            BlockThrottle = Has(io, cgroupParent, "blkio.throttle.read_bps_device")
                || Has(io, cgroupParent, "io.max"),
            Cpus = Read("/sys/devices/system/cpu/online"),
            Mems = Read("/sys/devices/system/node/online"),
        };
    }

    private static CgroupHierarchy? Controller(CgroupLayout layout, string name) => layout.Of(name);

    /// <param name="otherwise">The answer where no cgroup is there to look at.</param>
    private static bool Has(CgroupHierarchy? hierarchy, string parent, string file, bool otherwise = false)
    {
        if (hierarchy is null)
            return false;
        var own = $"{hierarchy.MountPoint}/{parent.Trim('/')}";
        var child = Directory.Exists(own) ? own : Directory.EnumerateDirectories(hierarchy.MountPoint).FirstOrDefault();
        return File.Exists($"{hierarchy.MountPoint}/{file}")
            || (child is null ? otherwise : File.Exists($"{child}/{file}"));
    }

    private static string Read(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : "0";
}
