using Orchestrator.Init;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Mounts;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Plans;

/// <summary>One mount of config.json as steps.</summary>
internal static class MountPlan
{
    public static IEnumerable<PlanEntry> Build(MountSpec mount, string bundle, CgroupSet cgroups)
    {
        if (!mount.Destination.StartsWith('/'))
            throw new RuntimeException($"mount destination \"{mount.Destination}\" is not absolute");
        var options = MountOptions.Parse(mount.Options);
        if (IsBind(mount))
            return [Bind(mount, bundle)];
        return mount.Type is "cgroup" or "cgroup2"
            ? Cgroup(mount.Destination, options.Flags, cgroups)
            : [FileSystem(mount, options)];
    }

    /// <summary>The kind of namespace that a file system shows and belongs to; null: none.</summary>
    public static string? NamespaceShown(MountSpec mount) => mount.Type switch
    {
        "sysfs" => "network",
        "mqueue" => "ipc",
        "proc" => "pid",
        _ => null,
    };

    /// <summary>Made in one place, to be attached in another, as descriptor <paramref name="number"/>.</summary>
    public static PlanEntry Prepare(MountSpec mount, int number)
    {
        var options = MountOptions.Parse(mount.Options);
        return new(PlanOp.PrepareMount, $"make {mount.Type} for {mount.Destination}")
        {
            Text2 = mount.Type,
            Text3 = mount.Source ?? mount.Type,
            Text4 = options.Data,
            A = options.AttributesSet,
            B = number,
        };
    }

    public static bool IsBind(MountSpec mount) => mount.Type == "bind" || MountOptions.Parse(mount.Options).IsBind;

    public static PlanEntry Bind(MountSpec mount, string bundle)
    {
        var options = MountOptions.Parse(mount.Options);
        var source = Path.GetFullPath(
            mount.Source ?? throw new RuntimeException($"the bind mount on {mount.Destination} has no source"), bundle);
        // Over /proc a bind could fake what later steps and every tool rely on (CVE-2019-19921).
        if (mount.Destination.TrimEnd('/') == "/proc")
            throw new RuntimeException("a bind mount over /proc is not allowed; mount below it, or elsewhere");
        return new(PlanOp.Bind, $"bind mount {source} on {mount.Destination}")
        {
            Text1 = mount.Destination,
            Text2 = source,
            A = options.AttributesSet,
            B = options.AttributesCleared,
            C = (long)(options.Propagation == 0 ? MountFlags.Private | MountFlags.Recursive : options.Propagation),
            Flags = options.Recursive ? PlanFlag.Recursive : 0,
        };
    }

    private static PlanEntry FileSystem(MountSpec mount, MountOptions options)
    {
        var type = mount.Type ?? throw new RuntimeException($"the mount on {mount.Destination} has no type");
        return new(PlanOp.Mount, $"mount {type} on {mount.Destination}")
        {
            Text1 = mount.Destination,
            Text2 = type,
            Text3 = mount.Source ?? type,
            Text4 = options.Data,
            A = (long)options.Flags,
            B = (long)options.Propagation,
            Flags = type is "proc" or "sysfs" ? PlanFlag.NoSymlinks : 0,
        };
    }

    /// <summary>What the container sees of cgroups is its own part: its directory of each hierarchy, bound, not the
    /// hierarchy mounted anew, for such a mount waits until every cgroup that is just being removed is gone (10 ms).
    /// Always read-only: a writable v1 one has release_agent (CVE-2022-0492).</summary>
    private static IEnumerable<PlanEntry> Cgroup(string destination, MountFlags flags, CgroupSet cgroups)
    {
        if (cgroups.Layout.IsUnified)
            return [.. cgroups.Directories.Select(d => CgroupDirectory(destination, d.Path))];
        flags |= MountFlags.NoSuid | MountFlags.NoDev | MountFlags.NoExec;
        return
        [
            Tmpfs(destination, flags & ~MountFlags.ReadOnly),
            .. cgroups.Directories.Select(d => CgroupDirectory($"{destination}/{d.Name}", d.Path)),
            Tmpfs(destination, flags | MountFlags.ReadOnly | MountFlags.Remount),
        ];
    }

    private static PlanEntry CgroupDirectory(string destination, string path)
    {
        const long readOnlyNoSuidNoDevNoExec = 0xf;
        return new(PlanOp.Bind, $"bind mount {path} on {destination}")
        {
            Text1 = destination, Text2 = path, A = readOnlyNoSuidNoDevNoExec, C = (long)MountFlags.Private,
        };
    }

    private static PlanEntry Tmpfs(string destination, MountFlags flags) =>
        new(PlanOp.Mount, $"mount tmpfs on {destination}")
        {
            Text1 = destination, Text2 = "tmpfs", Text3 = "tmpfs", Text4 = "mode=755", A = (long)flags,
        };
}
