namespace Orchestrator.Linux.Processes;

/// <summary>Kinds of namespaces: CLONE_NEW* of clone(2).</summary>
[Flags]
public enum NamespaceKinds
{
    None = 0,
    Time = 0x80,
    Mount = 0x20000,
    Cgroup = 0x2000000,
    Uts = 0x4000000,
    Ipc = 0x8000000,
    User = 0x10000000,
    Pid = 0x20000000,
    Network = 0x40000000,
}

public static class NamespaceKindsExtensions
{
    private static readonly (NamespaceKinds Kind, string Name)[] All =
    [
        (NamespaceKinds.Time, "time"), (NamespaceKinds.Mount, "mount"), (NamespaceKinds.Cgroup, "cgroup"),
        (NamespaceKinds.Uts, "uts"), (NamespaceKinds.Ipc, "ipc"), (NamespaceKinds.User, "user"),
        (NamespaceKinds.Pid, "pid"), (NamespaceKinds.Network, "network"),
    ];

    /// <summary>As config.json calls them, for people: "mount, pid".</summary>
    public static string Names(this NamespaceKinds kinds)
    {
        var names = new List<string>(All.Length);
        foreach (var (kind, name) in All)
        {
            if ((kinds & kind) != 0)
                names.Add(name);
        }

        return string.Join(", ", names);
    }
}
