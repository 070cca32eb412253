using Orchestrator.Init;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Mounts;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Plans;

/// <summary>config.json → the steps that make the container. Pure: reads nothing but its arguments.</summary>
/// <remarks>Order is the point:
/// <code>
/// cgroups → namespaces → fork ─┬─ parent reports the child's pid and ends
/// └─ root → mounts → nodes → terminal → masks → pivot → names, limits → identity → execute
/// </code>
/// Cgroups come first, so that nothing runs unlimited and the cgroup namespace shows this very cgroup as its root. All
/// paths of the container are resolved before the pivot, through its root's fd, while the host's /proc is still there.
/// </remarks>
internal static class ContainerPlan
{
    private static readonly DeviceSpec[] DefaultDevices =
    [
        Device("/dev/null", 1, 3), Device("/dev/zero", 1, 5), Device("/dev/full", 1, 7), Device("/dev/random", 1, 8),
        Device("/dev/urandom", 1, 9), Device("/dev/tty", 5, 0),
    ];

    private static readonly (string Path, string Target)[] DefaultLinks =
    [
        ("/dev/ptmx", "pts/ptmx"), ("/dev/fd", "/proc/self/fd"), ("/dev/stdin", "/proc/self/fd/0"),
        ("/dev/stdout", "/proc/self/fd/1"), ("/dev/stderr", "/proc/self/fd/2"), ("/dev/core", "/proc/kcore"),
    ];

    /// <param name="bundle">Absolute; relative paths of the spec start there.</param>
    /// <param name="cgroups">Made already; entered first.</param>
    /// <param name="available">Capabilities this process may hand on.</param>
    /// <param name="waitForStart">Stop before execve until told.</param>
    public static IReadOnlyList<PlanEntry> Build(
        RuntimeSpec spec, string bundle, CgroupSet cgroups, ulong available, bool waitForStart)
    {
        var process = spec.Process ?? throw new RuntimeException("config.json has no process");
        var linux = spec.Linux ?? new LinuxSpec();
        List<PlanEntry> plan =
        [
            .. ProcessPlan.EnterCgroups(cgroups),
            .. OomScore(process),
            .. Namespaces(linux),
            new(PlanOp.Fork, "start pid 1"),
            .. CgroupNamespace(linux),
            .. process.Terminal ? Array.Empty<PlanEntry>() : [new(PlanOp.Session, "new session")],
            .. FileSystem(spec, linux, process, bundle, cgroups),
            .. Names(spec, linux),
            .. ProcessPlan.Identity(process, available),
        ];
        if (waitForStart)
            plan.Add(new(PlanOp.WaitForStart, "wait for start"));
        if (spec.Annotations?.GetValueOrDefault(RuntimeSpec.ReaperAnnotation) == "true")
            plan.Add(new(PlanOp.Reaper, "start an init"));
        plan.Add(ProcessPlan.Execute(process));
        return plan;
    }

    internal static NamespaceKinds Kind(NamespaceSpec ns) => ns.Type switch
    {
        "mount" => NamespaceKinds.Mount,
        "pid" => NamespaceKinds.Pid,
        "network" => NamespaceKinds.Network,
        "ipc" => NamespaceKinds.Ipc,
        "uts" => NamespaceKinds.Uts,
        "cgroup" => NamespaceKinds.Cgroup,
        _ => throw new RuntimeException(
            $"namespace \"{ns.Type}\" is not supported; use mount, pid, network, ipc, uts or cgroup"),
    };

    private static IEnumerable<PlanEntry> OomScore(ProcessSpec process)
    {
        if (process.OomScoreAdj is { } score)
            yield return new(PlanOp.WriteFile, $"set oom_score_adj {score}")
            {
                Text1 = "/proc/self/oom_score_adj", Text2 = $"{score}",
            };
    }

    private static IEnumerable<PlanEntry> Namespaces(LinuxSpec linux)
    {
        var namespaces = linux.Namespaces ?? [];
        if (!namespaces.Any(n => n is { Type: "mount", Path: null }))
            throw new RuntimeException(
                "a container needs a mount namespace of its own; add {\"type\": \"mount\"} to linux.namespaces");
        foreach (var joined in namespaces.Where(n => n.Path is not null))
            yield return new(PlanOp.JoinNamespace, $"join {joined.Type} namespace {joined.Path}")
            {
                Text1 = joined.Path, A = (long)Kind(joined),
            };
        var made = namespaces.Where(n => n.Path is null && n.Type != "cgroup")
            .Aggregate(NamespaceKinds.None, (all, n) => all | Kind(n));
        yield return new(PlanOp.Unshare, $"new namespaces ({made})") { A = (long)made };
    }

    /// <summary>By the child, which alone is in the v2 cgroup: the namespace's root is where its maker is.</summary>
    private static IEnumerable<PlanEntry> CgroupNamespace(LinuxSpec linux)
    {
        if ((linux.Namespaces ?? []).Any(n => n is { Type: "cgroup", Path: null }))
            yield return new(PlanOp.Unshare, "new cgroup namespace") { A = (long)NamespaceKinds.Cgroup };
    }

    private static IEnumerable<PlanEntry> FileSystem(
        RuntimeSpec spec, LinuxSpec linux, ProcessSpec process, string bundle, CgroupSet cgroups)
    {
        var root = spec.Root ?? throw new RuntimeException("config.json has no root");
        var rootPath = Path.GetFullPath(root.Path, bundle);
        yield return new(PlanOp.EnterRoot, $"mount root {rootPath}")
        {
            Text1 = rootPath, A = (long)Propagation(linux.RootfsPropagation),
        };
        foreach (var step in (spec.Mounts ?? []).SelectMany(m => MountPlan.Build(m, bundle, cgroups)))
            yield return step;
        foreach (var step in Devices(linux))
            yield return step;
        if (process.Terminal)
            yield return ProcessPlan.Terminal(process, PlanFlag.Console);
        foreach (var (name, value) in linux.Sysctl ?? [])
            yield return new(PlanOp.WriteFile, $"set sysctl {name}={value}")
            {
                Text1 = Sysctl.Path(name, linux),
                Text2 = value,
            };
        foreach (var path in linux.ReadonlyPaths ?? [])
            yield return new(PlanOp.ReadOnly, $"make {path} read-only") { Text1 = path };
        foreach (var path in linux.MaskedPaths ?? [])
            yield return new(PlanOp.Mask, $"mask {path}") { Text1 = path };
        if (root.Readonly)
        {
            yield return new(PlanOp.MakeDirectory, $"make {process.Cwd}") { Text1 = process.Cwd, A = 0x1ed };
            yield return new(PlanOp.ReadOnlyRoot, "make the root read-only");
        }

        yield return new(PlanOp.Pivot, "pivot into the root");
    }

    private static IEnumerable<PlanEntry> Devices(LinuxSpec linux)
    {
        var asked = linux.Devices ?? [];
        foreach (var device in DefaultDevices.Where(d => asked.All(a => a.Path != d.Path)))
            yield return Node(device) with { Flags = PlanFlag.Keep };
        foreach (var device in asked)
            yield return Node(device);
        foreach (var (path, target) in DefaultLinks)
            yield return new(PlanOp.MakeLink, $"link {path}") { Text1 = path, Text2 = target };
    }

    private static PlanEntry Node(DeviceSpec device)
    {
        const uint character = 0x2000, block = 0x6000, fifo = 0x1000;
        var kind = device.Type switch
        {
            "c" or "u" => character,
            "b" => block,
            "p" => fifo,
            _ => throw new RuntimeException($"device {device.Path}: type \"{device.Type}\" is none of c, b, p"),
        };
        return new(PlanOp.MakeNode, $"make device {device.Path}")
        {
            Text1 = device.Path,
            A = kind | (device.FileMode ?? 0x1b6),
            B = (long)Orchestrator.Linux.Files.FileStatus.MakeDevice((uint)device.Major, (uint)device.Minor),
            C = (device.Uid ?? 0) | ((long)(device.Gid ?? 0) << 32),
        };
    }

    private static IEnumerable<PlanEntry> Names(RuntimeSpec spec, LinuxSpec linux)
    {
        var ownUts = (linux.Namespaces ?? []).Any(n => n.Type == "uts");
        if (!ownUts && spec.Hostname is { Length: > 0 })
            throw new RuntimeException("a hostname needs a uts namespace; add one, or drop the hostname");
        if (spec.Hostname is { Length: > 0 } host)
            yield return new(PlanOp.HostName, $"set hostname {host}") { Text1 = host };
        if (spec.Domainname is { Length: > 0 } domain)
            yield return new(PlanOp.DomainName, $"set domainname {domain}") { Text1 = domain };
    }

    private static MountFlags Propagation(string? name) => name switch
    {
        "rprivate" or
            "private" => MountFlags.Private | MountFlags.Recursive,
        null or "" or "slave" or "rslave" => MountFlags.Slave | MountFlags.Recursive,
        "shared" or "rshared" => MountFlags.Shared | MountFlags.Recursive,
        _ => throw new RuntimeException($"rootfsPropagation \"{name}\" is unknown"),
    };

    private static DeviceSpec Device(string path, long major, long minor) =>
        new() { Type = "c", Path = path, Major = major, Minor = minor };
}
