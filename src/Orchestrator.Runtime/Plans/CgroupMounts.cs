using Orchestrator.Init;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Mounts;

namespace Orchestrator.Runtime.Plans;

/// <summary>What the container sees of cgroups is its own part: its directory of each hierarchy, bound, not the
/// hierarchy mounted anew, for such a mount waits until every cgroup that is just being removed is gone (10 ms).
/// </summary>
/// <remarks>What may be written there in v1 is the container's own limits, and where the whole hierarchy is reached,
/// release_agent (CVE-2022-0492): engines ask for it read-only for all but the privileged. v2 is made to be handed down.
/// </remarks>
internal static class CgroupMounts
{
    private const long NoSuidNoDevNoExec =
        AttributeChange.NoSuid | AttributeChange.NoDev | AttributeChange.NoExec;

    public static IEnumerable<PlanEntry> Build(string target, MountOptions options, CgroupSet cgroups)
    {
        var asked = options.Own.Set & AttributeChange.ReadOnly;
        if (cgroups.Layout.IsUnified)
            return [.. cgroups.Directories.Select(d => Bind(target, d.Path, asked))];
        const MountFlags flags = MountFlags.NoSuid | MountFlags.NoDev | MountFlags.NoExec;
        return
        [
            Tmpfs(target, flags),
            .. cgroups.Directories.Select(d => Bind($"{target}/{d.Name}", d.Path, asked)),
            .. asked == 0 ? Array.Empty<PlanEntry>()
                : [Tmpfs(target, flags | MountFlags.ReadOnly | MountFlags.Remount)],
        ];
    }

    private static PlanEntry Bind(string target, string path, long readOnly) =>
        new(PlanOp.Bind, $"bind mount {path} on {target}")
        {
            Text1 = target, Text2 = path, A = readOnly | NoSuidNoDevNoExec, C = (long)MountFlags.Private,
        };

    private static PlanEntry Tmpfs(string target, MountFlags flags) => new(PlanOp.Mount, $"mount tmpfs on {target}")
    {
        Text1 = target, Text2 = "tmpfs", Text3 = "tmpfs", Text4 = "mode=755", A = (long)flags,
    };
}
