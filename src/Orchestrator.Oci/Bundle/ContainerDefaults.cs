namespace Orchestrator.Oci.Bundle;

/// <summary>
/// What docker gives every container that asks for nothing special. Source: moby, oci/defaults.go, read for facts.
/// </summary>
public static class ContainerDefaults
{
    public const string Path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Docker's fourteen.</summary>
    public static readonly string[] Capabilities =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID",
        "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL",
        "CAP_AUDIT_WRITE",
    ];

    public static readonly string[] MaskedPaths =
    [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/firmware",
        "/sys/devices/virtual/powercap",
    ];

    public static readonly string[] ReadonlyPaths =
        ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    /// <summary>The default mounts, in order. <paramref name="shmBytes"/>: size of /dev/shm.</summary>
    public static MountSpec[] Mounts(long shmBytes = 64 << 20) =>
    [
        Mount("/proc", "proc", "nosuid", "noexec", "nodev"),
        Mount("/dev", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
        Mount("/dev/pts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"),
        Mount("/sys", "sysfs", "nosuid", "noexec", "nodev", "ro"),
        Mount("/sys/fs/cgroup", "cgroup", "ro", "nosuid", "noexec", "nodev"),
        Mount("/dev/mqueue", "mqueue", "nosuid", "noexec", "nodev"),
        Mount("/dev/shm", "tmpfs", "nosuid", "noexec", "nodev", "mode=1777", $"size={shmBytes}"),
    ];

    /// <summary>
    /// Capability sets for a user: bounding always; the rest as docker gives them to root and to others.
    /// </summary>
    public static CapabilitySets CapabilitySets(string[] capabilities, bool isRoot) => new()
    {
        Bounding = capabilities,
        Effective = isRoot ? capabilities : [],
        Permitted = isRoot ? capabilities : [],
        Inheritable = [],
    };

    /// <summary>Nothing but the usual character devices: deny all, then allow these and the making of nodes.</summary>
    public static readonly DeviceRule[] DeviceRules =
    [
        new(Allow: false, Access: "rwm"),
        new(true, "c", Access: "m"), new(true, "b", Access: "m"),
        Char(1, 3), Char(1, 5), Char(1, 7), Char(1, 8), Char(1, 9), Char(5, 0), Char(5, 1), Char(5, 2), Char(136, null),
    ];

    /// <summary>A whole config.json that runs <paramref name="args"/> as root in a container of its own.</summary>
    /// <param name="rootfs">Absolute, or relative to the bundle.</param>
    /// <param name="cgroupsPath">As <see cref="LinuxSpec.CgroupsPath"/>.</param>
    /// <param name="networkNamespace">A namespace file to join; null makes a new, empty one.</param>
    public static RuntimeSpec Spec(
        string rootfs, string[] args, string cgroupsPath, string? networkNamespace = null, string hostname = "orch") =>
        new()
        {
            Root = new RootSpec(rootfs),
            Hostname = hostname,
            Process = new ProcessSpec
            {
                Args = args,
                Env = [Path, $"HOSTNAME={hostname}"],
                Capabilities = CapabilitySets(Capabilities, isRoot: true),
            },
            Mounts = Mounts(),
            Linux = new LinuxSpec
            {
                Namespaces = Namespaces(networkNamespace),
                CgroupsPath = cgroupsPath,
                Resources = new ResourcesSpec { Devices = DeviceRules, Pids = new PidsResources(4096) },
                MaskedPaths = MaskedPaths,
                ReadonlyPaths = ReadonlyPaths,
            },
        };

    /// <summary>The six namespaces of a container; drop the network one to share the host's.</summary>
    public static NamespaceSpec[] Namespaces(string? networkNamespace = null) =>
    [
        new("mount"), new("pid"), new("uts"), new("ipc"), new("network", networkNamespace), new("cgroup"),
    ];

    private static MountSpec Mount(string destination, string type, params string[] options) =>
        new() { Destination = destination, Type = type, Source = type, Options = options };

    private static DeviceRule Char(long major, long? minor) => new(true, "c", major, minor, "rwm");
}
