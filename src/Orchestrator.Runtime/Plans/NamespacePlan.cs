using Orchestrator.Init;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Plans;

/// <summary>Into namespaces given, and new ones, up to the process that is pid 1.</summary>
/// <remarks>
/// A user namespace splits this in two. What belongs to the host (namespaces given by path, and what is done in them,
/// and the birth into the cgroup) needs the host's root, so it comes before; what is new shall belong to the user
/// namespace, so it comes after:
/// <code>
/// join → fork into cgroup → do what needs the host's root → user namespace → maps → unshare → fork
/// </code>
/// Without one, a single fork does: join → unshare → fork into cgroup.
/// </remarks>
internal static class NamespacePlan
{
    /// <param name="privileged">Steps for the last moment at which this is the host's root.</param>
    public static IEnumerable<PlanEntry> Build(
        LinuxSpec linux, PlanFiles files, IEnumerable<PlanEntry> privileged)
    {
        // The clock while /proc is still the host's, unless the user namespace is to own it: its offsets go there.
        var made = NewKinds(linux);
        var early = HasUser(linux) && !IsJoined(linux, "pid") && !IsJoined(linux, "mount") ? NamespaceKinds.None
            : made & NamespaceKinds.Time;
        var late = made & ~early;
        return
        [
            .. Unshare(linux, early),
            .. Join(linux, files, user: false),
            .. HasUser(linux)
                ? InUser(linux, files, privileged, late)
                : [.. Unshare(linux, late), new(PlanOp.Fork, "start pid 1")],
        ];
    }

    /// <summary>Those an exec has to enter: all that the container does not share with its runtime.</summary>
    public static NamespaceKinds Kinds(LinuxSpec? linux) =>
        (linux?.Namespaces ?? []).Aggregate(NamespaceKinds.None, (all, n) => all | Kind(n.Type));

    public static NamespaceKinds Kind(string type) => type switch
    {
        "mount" => NamespaceKinds.Mount,
        "pid" => NamespaceKinds.Pid,
        "network" => NamespaceKinds.Network,
        "ipc" => NamespaceKinds.Ipc,
        "uts" => NamespaceKinds.Uts,
        "user" => NamespaceKinds.User,
        "cgroup" => NamespaceKinds.Cgroup,
        "time" => NamespaceKinds.Time,
        _ => throw new RuntimeException(
            $"namespace \"{type}\" is none of mount, pid, network, ipc, uts, user, cgroup, time"),
    };

    public static bool HasUser(LinuxSpec linux) => Find(linux, "user") is not null;

    /// <summary>It is made for this container; otherwise it is the host's, or another container's.</summary>
    public static bool IsNew(LinuxSpec linux, string type) => Find(linux, type) is { } found && !IsByPath(found);

    public static bool IsJoined(LinuxSpec linux, string type) => Find(linux, type) is { } found && IsByPath(found);

    public static bool IsByPath(NamespaceSpec spec) => spec.Path is { Length: > 0 };

    private static IEnumerable<PlanEntry> InUser(
        LinuxSpec linux, PlanFiles files, IEnumerable<PlanEntry> privileged, NamespaceKinds made) =>
    [
        new(PlanOp.Fork, "start in the cgroup"),
        .. privileged,
        .. EnterUser(linux, files, made.HasFlag(NamespaceKinds.User)),
        .. Unshare(linux, made & ~NamespaceKinds.User),
        .. (made & (NamespaceKinds.Pid | NamespaceKinds.Time)) == 0
            ? Array.Empty<PlanEntry>() : [new(PlanOp.Fork, "start pid 1")],
    ];

    /// <summary>By the child, which alone is in the v2 cgroup: the namespace's root is where its maker is.</summary>
    public static IEnumerable<PlanEntry> Cgroup(LinuxSpec linux)
    {
        if (IsNew(linux, "cgroup"))
            yield return new(PlanOp.Unshare, "new cgroup namespace") { A = (long)NamespaceKinds.Cgroup };
    }

    private static NamespaceSpec? Find(LinuxSpec linux, string type) =>
        (linux.Namespaces ?? []).FirstOrDefault(n => n.Type == type);

    private static NamespaceKinds NewKinds(LinuxSpec linux)
    {
        var all = NamespaceKinds.None;
        foreach (var ns in linux.Namespaces ?? [])
            all |= IsByPath(ns) ? NamespaceKinds.None : Kind(ns.Type);
        return all & ~NamespaceKinds.Cgroup;
    }

    /// <summary>The mount namespace last: it changes what every path means.</summary>
    private static IEnumerable<PlanEntry> Join(LinuxSpec linux, PlanFiles files, bool user) =>
        !(linux.Namespaces ?? []).Any(IsByPath) ? [] : (linux.Namespaces ?? []).Index()
            .Where(n => IsByPath(n.Item) && (n.Item.Type == "user") == user)
            .OrderBy(n => n.Item.Type == "mount")
            .Select(n => new PlanEntry(PlanOp.JoinNamespace, $"join {n.Item.Type} namespace {n.Item.Path}")
            {
                A = (long)Kind(n.Item.Type), B = files.Namespaces.GetValueOrDefault(n.Index),
            });

    /// <summary>The new namespaces are the user namespace's only if that comes first, and by itself: its maps must be
    /// written before it can own anything.</summary>
    private static IEnumerable<PlanEntry> EnterUser(LinuxSpec linux, PlanFiles files, bool isNew) =>
    [
        .. isNew
            ? [
                new(PlanOp.Unshare, "new user namespace") { A = (long)NamespaceKinds.User },
                new(PlanOp.Ask, "map users") { A = (long)InitRequest.IdMaps },
            ]
            : Join(linux, files, user: true),
        new(PlanOp.BecomeRoot, "become root of the user namespace"),
    ];

    /// <summary>The clocks' offsets are set before anybody is in the time namespace: its maker never is.</summary>
    private static IEnumerable<PlanEntry> Unshare(LinuxSpec linux, NamespaceKinds kinds)
    {
        if (kinds != 0)
            yield return new(PlanOp.Unshare, $"new namespaces ({kinds.Names()})") { A = (long)kinds };
        if (!kinds.HasFlag(NamespaceKinds.Time))
            yield break;
        foreach (var (clock, offset) in linux.TimeOffsets ?? [])
            yield return new(PlanOp.WriteFile, $"set linux.timeOffsets.{clock}")
            {
                Text1 = "/proc/self/timens_offsets", Text2 = $"{clock} {offset.Secs} {offset.Nanosecs}",
            };
    }
}
