using System.Collections.Frozen;

namespace Orchestrator.Linux.Mounts;

/// <summary>How mounts spread between namespaces, by mount(8)'s words; with an r in front: of all mounts below too.
/// </summary>
public static class MountPropagation
{
    public static FrozenDictionary<string, MountFlags> Words { get; } = new Dictionary<string, MountFlags>
    {
        ["private"] = MountFlags.Private,
        ["rprivate"] = MountFlags.Private | MountFlags.Recursive,
        ["slave"] = MountFlags.Slave,
        ["rslave"] = MountFlags.Slave | MountFlags.Recursive,
        ["shared"] = MountFlags.Shared,
        ["rshared"] = MountFlags.Shared | MountFlags.Recursive,
        ["unbindable"] = MountFlags.Unbindable,
        ["runbindable"] = MountFlags.Unbindable | MountFlags.Recursive,
    }.ToFrozenDictionary();
}
