using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Plans;

/// <summary>Kernel parameters a container may have of its own. Anything else would change the host.</summary>
internal static class Sysctl
{
    /// <summary>The file to write, and the kind of namespace it belongs to.</summary>
    /// <exception cref="RuntimeException">It is not namespaced, or the container shares that namespace.</exception>
    public static (string Path, string Namespace) Path(string name, LinuxSpec linux)
    {
        var needed = NamespaceOf(name)
            ?? throw new RuntimeException($"sysctl \"{name}\" is not in a separate kernel namespace");
        if (!(linux.Namespaces ?? []).Any(n => n.Type == needed))
            throw new RuntimeException($"sysctl \"{name}\" is not allowed in the host's {needed} namespace");
        return ("/proc/sys/" + name.Replace('.', '/'), needed);
    }

    private static string? NamespaceOf(string name) => name switch
    {
        _ when name.Contains("..", StringComparison.Ordinal) || name.Contains('/', StringComparison.Ordinal) => null,
        _ when name.StartsWith("net.", StringComparison.Ordinal) => "network",
        "kernel.msgmax" or "kernel.msgmnb" or "kernel.msgmni" or "kernel.sem" or "kernel.shmall" or "kernel.shmmax"
            or "kernel.shmmni" or "kernel.shm_rmid_forced" => "ipc",
        _ when name.StartsWith("fs.mqueue.", StringComparison.Ordinal) => "ipc",
        "kernel.hostname" or "kernel.domainname" => "uts",
        _ => null,
    };
}
