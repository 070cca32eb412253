using Orchestrator.Init;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Mounts;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Plans;

/// <summary>One mount of config.json as steps: what makes it, then what changes it.</summary>
internal static class MountPlan
{
    /// <summary>Files of /proc that may have another mounted on them: they tell of the host, and of no process.</summary>
    private static readonly string[] ReplaceableFiles =
    [
        "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps", "/proc/uptime",
        "/proc/loadavg", "/proc/slabinfo", "/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled",
    ];

    /// <param name="tree">Descriptor of the mount, made already; 0: it is to be made.</param>
    public static IEnumerable<PlanEntry> Build(MountSpec mount, string bundle, CgroupSet cgroups, int tree = 0)
    {
        var options = MountOptions.Parse(mount.Options);
        var target = Target(mount);
        if (IsForbidden(mount))
            throw new RuntimeException($"a mount on {target} is not allowed; mount elsewhere");
        if (tree != 0)
            return [Attach(mount, tree), .. After(target, options, from: IsBind(mount) ? 1 : 0)];
        if (options is { IsBind: true, Remount: true })
            return [Change(target, options.Own, 0, false), .. After(target, options, from: 0)];
        if (IsBind(mount))
            return [Bind(mount, bundle), .. After(target, options, from: 1)];
        return mount.Type is "cgroup" or "cgroup2"
            ? CgroupMounts.Build(target, options, cgroups)
            : [.. FileSystem(mount, options), .. After(target, options, from: 0)];
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
            A = options.Own.Set,
            B = number,
        };
    }

    public static bool IsBind(MountSpec mount) => mount.Type == "bind" || MountOptions.Parse(mount.Options).IsBind;

    public static PlanEntry Bind(MountSpec mount, string bundle)
    {
        var options = MountOptions.Parse(mount.Options);
        var source = Path.GetFullPath(mount.Source ?? "", bundle);
        return new(PlanOp.Bind, $"bind mount {source} on {mount.Destination}")
        {
            Text1 = Target(mount),
            Text2 = source,
            A = options.Own.Set,
            B = options.Own.Clear,
            C = (long)(options.Propagations is [var first, ..] ? first : MountFlags.Private | MountFlags.Recursive),
            Flags = (options.Recursive ? PlanFlag.Recursive : 0) | TargetFlags(mount),
        };
    }

    /// <summary>Whether a mount there could fake what tools, and the steps after it, rely on (CVE-2019-19921).</summary>
    public static bool IsForbidden(MountSpec mount) => Target(mount) switch
    {
        "/proc" => IsBind(mount) ? mount.Source?.TrimEnd('/') != "/proc" : mount.Type != "proc",
        var target => target.StartsWith("/proc/", StringComparison.Ordinal) && !ReplaceableFiles.Contains(target),
    };

    /// <summary>Without "..", doubled or trailing slashes.</summary>
    public static string Target(MountSpec mount)
    {
        var path = Path.GetFullPath(mount.Destination, "/");
        return path.Length > 1 ? path.TrimEnd('/') : path;
    }

    private static int TargetFlags(MountSpec mount) =>
        (Target(mount) == "/proc" || ReplaceableFiles.Contains(Target(mount)) || MountOptions.Parse(mount.Options).Remount
            ? PlanFlag.OverProc : 0)
        | (Target(mount) is "/proc" or "/sys" ? PlanFlag.NoSymlinks : 0);

    private static PlanEntry Attach(MountSpec mount, int tree) =>
        new(PlanOp.AttachTree, $"mount {mount.Source ?? mount.Type} on {mount.Destination}")
        {
            Text1 = Target(mount), A = tree, Flags = TargetFlags(mount),
        };

    private static IEnumerable<PlanEntry> FileSystem(MountSpec mount, MountOptions options)
    {
        // What is to be filled cannot be read-only from the start.
        var late = options.CopyUp && options.Flags.HasFlag(MountFlags.ReadOnly);
        var keepsMode = mount.Type == "tmpfs" && !options.Remount
            && options.Data?.Contains("mode=", StringComparison.Ordinal) != true;
        yield return new(options.CopyUp ? PlanOp.CopyUp : PlanOp.Mount, $"mount {mount.Type} on {mount.Destination}")
        {
            Text1 = Target(mount),
            Text2 = mount.Type,
            Text3 = mount.Source ?? mount.Type,
            Text4 = options.Data,
            A = (long)((late ? options.Flags & ~MountFlags.ReadOnly : options.Flags)
                | (options.Remount ? MountFlags.Remount : 0)),
            Flags = TargetFlags(mount) | (keepsMode ? PlanFlag.Keep : 0)
                | (mount.Type is "proc" or "sysfs" ? PlanFlag.NoSymlinks : 0),
        };
        if (late)
            yield return Change(Target(mount), AttributeChange.On(AttributeChange.ReadOnly), 0, false);
    }

    private static IEnumerable<PlanEntry> After(string target, MountOptions options, int from)
    {
        if (!options.Below.IsNone)
            yield return Change(target, options.Below, 0, recursive: true);
        foreach (var kind in options.Propagations.Skip(from))
            yield return Change(target, default, kind & ~MountFlags.Recursive, kind.HasFlag(MountFlags.Recursive));
    }

    private static PlanEntry Change(string target, AttributeChange change, MountFlags propagation, bool recursive) =>
        new(PlanOp.MountAttributes, $"change the mount on {target}")
        {
            Text1 = target,
            A = change.Set,
            B = change.Clear,
            C = (long)propagation,
            Flags = recursive ? PlanFlag.Recursive : 0,
        };
}
