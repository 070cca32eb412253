namespace Orchestrator.Engine.Containers;

/// <summary>Kernel settings that a container may have of its own: any other would be the host's. Pure.</summary>
internal static class SysctlCheck
{
    private static readonly string[] OfIpc =
    [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax",
        "kernel.shmmni", "kernel.shm_rmid_forced",
    ];

    /// <exception cref="EngineException">One belongs to no namespace, or to one that the container shares.</exception>
    public static void Check(HostSpec host)
    {
        var hostNetwork = NetworkMode.Parse(host.NetworkMode).Kind == NetworkModeKind.Host;
        foreach (var name in host.Sysctls.Keys)
        {
            if (name.StartsWith("net.", StringComparison.Ordinal) && IsPath(name))
                Refuse(hostNetwork, $"sysctl \"{name}\" not allowed in host network namespace");
            else if (OfIpc.Contains(name) || name.StartsWith("fs.mqueue.", StringComparison.Ordinal) && IsPath(name))
                Refuse(host.IpcMode == ModeCheck.Host, $"sysctl \"{name}\" not allowed in host IPC namespace");
            else
                Refuse(
                    name != "kernel.domainname" || host.UtsMode == ModeCheck.Host,
                    $"sysctl \"{name}\" is not in a separate kernel namespace");
        }
    }

    private static bool IsPath(string name) =>
        !name.Contains("..", StringComparison.Ordinal) && !name.Contains('/') && name[^1] != '.';

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
            throw EngineException.Invalid(message);
    }
}
