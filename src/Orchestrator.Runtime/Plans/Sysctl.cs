using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Plans;

/// <summary>Kernel parameters a container may have of its own. Anything else would change the host.</summary>
internal static class Sysctl
{
    /// <summary>The file to write, and the kind of namespace it belongs to.</summary>
    /// <exception cref="RuntimeException">It is not namespaced, or the container shares that namespace.</exception>
    public static (string Path, string Namespace) Path(string name, LinuxSpec linux) =>
        Fault(name, linux) is { } fault
            ? throw new RuntimeException(fault)
            : ("/proc/sys/" + name.Replace('.', '/'), NamespaceOf(name)!);

    /// <returns>Null: it may be set.</returns>
    public static string? Fault(string name, LinuxSpec linux) => NamespaceOf(name) switch
    {
        null => $"sysctl \"{name}\" is not in a separate kernel namespace",
        var needed when (linux.Namespaces ?? []).All(n => n.Type != needed) =>
            $"sysctl \"{name}\" is not allowed in the host's {needed} namespace",
        _ => null,
    };

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
