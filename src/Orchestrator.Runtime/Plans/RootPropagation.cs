using Orchestrator.Init;
using Orchestrator.Linux.Mounts;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Plans;

/// <summary>linux.rootfsPropagation, in its two moments: what becomes of the host's mounts in the new mount namespace,
/// so that what is done there stays there, and what the root is at the end.</summary>
internal static class RootPropagation
{
    /// <summary>Shared ones stay so, but for the root mount itself, which must not be when it is pivoted from.</summary>
    public static MountFlags OfHostMounts(LinuxSpec linux) => Asked(linux) switch
    {
        null => MountFlags.Slave | MountFlags.Recursive,
        { } asked when asked.HasFlag(MountFlags.Shared) => MountFlags.Private,
        { } asked when asked.HasFlag(MountFlags.Slave) => MountFlags.Slave | MountFlags.Recursive,
        _ => MountFlags.Private | MountFlags.Recursive,
    };

    /// <summary>After the pivot; before it a shared or unbindable root could not be moved.</summary>
    public static IEnumerable<PlanEntry> OfRoot(LinuxSpec linux)
    {
        if (Asked(linux) is { } asked)
            yield return new(PlanOp.MountAttributes, $"set linux.rootfsPropagation {linux.RootfsPropagation}")
            {
                Text1 = "/",
                C = (long)(asked & ~MountFlags.Recursive),
                Flags = asked.HasFlag(MountFlags.Recursive) ? PlanFlag.Recursive : 0,
            };
    }

    private static MountFlags? Asked(LinuxSpec linux) =>
        linux.RootfsPropagation is { Length: > 0 } name && MountPropagation.Words.TryGetValue(name, out var kind)
            ? kind
            : null;
}
