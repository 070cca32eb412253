using Orchestrator.Engine.Containers;

namespace Orchestrator.Engine.Files;

/// <summary>Places in a container that are only there to be mounted on: no change that anybody made.</summary>
internal static class MountPoints
{
    private static readonly string[] OfEvery =
    [
        "/dev", "/proc", "/sys", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/mtab", "/.dockerenv",
    ];

    public static HashSet<string> Of(ContainerRecord record) =>
        [.. OfEvery, .. record.Mounts.Select(mount => mount.Target)];
}
