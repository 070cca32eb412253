using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Runtime.Shim;

/// <summary>What an exec leaves open is as the container has it.</summary>
internal static class ExecDefaults
{
    public static ProcessSpec Complete(ExecSpec exec, RuntimeSpec container)
    {
        var own = container.Process!;
        var asked = exec.Process;
        return asked with
        {
            Env = asked.Env ?? own.Env,
            Rlimits = asked.Rlimits ?? own.Rlimits,
            Capabilities = exec.Privileged ? Everything()
                : asked.Capabilities ?? ForUser(own.Capabilities, asked.User.Uid),
            ApparmorProfile = asked.ApparmorProfile ?? own.ApparmorProfile,
            SelinuxLabel = asked.SelinuxLabel ?? own.SelinuxLabel,
            NoNewPrivileges = asked.NoNewPrivileges || (own.NoNewPrivileges && !exec.Privileged),
        };
    }

    private static CapabilitySets Everything()
    {
        var all = Capabilities.All.ToArray();
        return new() { Bounding = all, Effective = all, Permitted = all };
    }

    /// <summary>Root gets the container's bounding set, another user nothing in effect.</summary>
    private static CapabilitySets ForUser(CapabilitySets? container, uint uid) =>
        ContainerDefaults.CapabilitySets(container?.Bounding ?? [], isRoot: uid == 0);
}
