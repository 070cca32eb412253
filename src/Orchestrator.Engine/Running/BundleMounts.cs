using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Running;

/// <summary>The mounts of a container in the order in which they are made: docker's own, generated files, the
/// creator's. Pure.</summary>
internal static class BundleMounts
{
    private const string Shm = "/dev/shm";

    public static IEnumerable<MountSpec> Build(BundleInput input)
    {
        var own = input.Record.Mounts.Select(mount => mount.Target).ToHashSet();
        foreach (var mount in ContainerDefaults.Mounts(input.ShmSizeBytes).Where(
            mount => !own.Contains(mount.Destination)))
        {
            if (mount.Destination != Shm || input.Shm != "")
                yield return Adapt(mount, input);
        }

        foreach (var (target, source) in input.Files.Where(file => !own.Contains(file.Target)))
            yield return BindMount(source, target, "rw", "rprivate");
        foreach (var mount in input.Record.Mounts)
            yield return mount.Type == "tmpfs" ? Tmpfs(mount) : Bind(mount);
        // Last, so that no mount of the creator hides them.
        foreach (var (target, source) in input.MemoryFiles)
            yield return BindMount(source, target, "ro", "rprivate", "bind") with
            {
                Options = ["bind", "ro", "rprivate", "nosuid", "nodev", "noexec"],
            };
    }

    /// <summary>A shared or slave bind works only if the root passes events on in the same way.</summary>
    public static string Propagation(IReadOnlyList<MountRecord> mounts) =>
        mounts.Any(mount => mount.Propagation.EndsWith("shared", StringComparison.Ordinal)) ? "rshared"
        : mounts.Any(mount => mount.Propagation.EndsWith("slave", StringComparison.Ordinal)) ? "rslave" : "rprivate";

    /// <summary>
    /// A privileged container may write to /sys and its cgroups; one that shares another's IPC shares its shm.
    /// </summary>
    private static MountSpec Adapt(MountSpec mount, BundleInput input) => mount.Destination switch
    {
        "/sys" or "/sys/fs/cgroup" when input.Record.Spec.Host.Privileged =>
            mount with { Options = [.. (mount.Options ?? []).Where(option => option != "ro")] },
        Shm when input.Shm is { } source => BindMount(source, Shm, "rw", "rprivate"),
        _ => mount,
    };

    private static MountSpec Bind(MountRecord mount) => BindMount(
        mount.Source, mount.Target,
        !mount.ReadOnly ? "rw" : mount.RecursiveReadOnly ? "rro" : "ro",
        mount.Propagation, mount.NonRecursive ? "bind" : "rbind");

    private static MountSpec BindMount(
        string source, string target, string access, string propagation, string bind = "rbind") => new()
    {
        Destination = target, Type = "bind", Source = source, Options = [bind, access, propagation],
    };

    private static MountSpec Tmpfs(MountRecord mount) => new()
    {
        Destination = mount.Target,
        Type = "tmpfs",
        Source = "tmpfs",
        Options =
        [
            "nosuid", "nodev", "noexec",
            .. mount.Options.Split(',', StringSplitOptions.RemoveEmptyEntries),
            .. mount.ReadOnly ? new[] { "ro" } : [],
        ],
    };
}
