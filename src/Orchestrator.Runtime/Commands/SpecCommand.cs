using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>spec</c>: a config.json that runs a shell.</summary>
internal static class SpecCommand
{
    public static int Execute(Invocation invocation)
    {
        var bundle = invocation.Arguments["bundle"] ?? ".";
        if (File.Exists(Path.Combine(bundle, BundleDirectory.ConfigFile)))
            throw new RuntimeException($"{bundle}/{BundleDirectory.ConfigFile} exists already; remove it first");
        var spec = ContainerDefaults.Spec("rootfs", ["sh"], "") with { Hostname = "orch" };
        spec = spec with { Process = spec.Process! with { Terminal = true } };
        BundleDirectory.Write(bundle, invocation.Arguments.Has("rootless") ? Rootless(spec) : spec);
        return 0;
    }

    /// <summary>Root inside is the caller outside. No limits: a user without delegated cgroups cannot set any. The
    /// host's network, so /sys is bound: a new sysfs needs a network namespace of one's own.</summary>
    private static RuntimeSpec Rootless(RuntimeSpec spec)
    {
        var user = (Uid: Linux.Processes.ThisProcess.EffectiveUser, Gid: Linux.Processes.ThisProcess.EffectiveGroup);
        return spec with
        {
            Mounts =
            [
                .. spec.Mounts!.Where(m => m.Destination is not ("/sys" or "/sys/fs/cgroup"))
                    .Select(m => m with { Options = [.. m.Options!.Where(o => o != "gid=5")] }),
                new() { Destination = "/sys", Type = "none", Source = "/sys", Options = ["rbind", "nosuid", "noexec", "nodev", "ro"] },
            ],
            Linux = spec.Linux! with
            {
                Resources = null,
                Namespaces = [.. spec.Linux!.Namespaces!.Where(n => n.Type != "network"), new("user")],
                UidMappings = [new IdMapping(0, user.Uid, 1)],
                GidMappings = [new IdMapping(0, user.Gid, 1)],
            },
        };
    }
}
