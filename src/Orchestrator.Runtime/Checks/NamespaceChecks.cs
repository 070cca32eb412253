using Orchestrator.Init;
using Orchestrator.Linux.Processes;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Checks;

/// <summary>Each kind of namespace is made once, and a process in it.</summary>
internal static class NamespaceChecks
{
    private const string Area = "namespaces";

    private static readonly (string Name, NamespaceKinds Kind, string Cost)[] Optional =
    [
        ("uts", NamespaceKinds.Uts, "containers have the host's name; linux.namespaces uts is refused"),
        ("ipc", NamespaceKinds.Ipc, "containers share System V IPC and message queues with the host"),
        ("network", NamespaceKinds.Network, "containers share the host's network"),
        ("cgroup", NamespaceKinds.Cgroup, "containers see the host's cgroup paths"),
        ("user", NamespaceKinds.User, "no userns-remap: root inside is root outside; no idmapped mounts"),
        ("time", NamespaceKinds.Time, "linux.timeOffsets is refused"),
    ];

    public static IEnumerable<Finding> All()
    {
        yield return Of("mount", NamespaceKinds.Mount, "no container can have a file system of its own").Required();
        yield return Of("pid", NamespaceKinds.Pid, "containers see and share the host's processes").Required();
        foreach (var (name, kind, cost) in Optional)
            yield return kind == NamespaceKinds.User ? User(name, cost) : Of(name, kind, cost);
    }

    private static Finding Of(string name, NamespaceKinds kind, string cost) => Probe.Found(
        Area, name,
        Probe.InInit(
            new PlanEntry(PlanOp.Unshare, $"unshare {name}") { A = (long)kind },
            new PlanEntry(PlanOp.Fork, $"fork into a new {name} namespace")),
        "made one, with a process in it", cost);

    private static Finding User(string name, string cost)
    {
        var limit = Files.Line("/proc/sys/user/max_user_namespaces") ?? "?";
        return Probe.Found(
            Area, name,
            Probe.InInit(new PlanEntry(PlanOp.Unshare, "unshare user") { A = (long)NamespaceKinds.User }),
            $"made one; user.max_user_namespaces is {limit}", $"{cost} (user.max_user_namespaces is {limit})");
    }
}
