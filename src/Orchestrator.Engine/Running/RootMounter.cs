using Orchestrator.Engine.Containers;
using Orchestrator.Images.Layers;
using Orchestrator.Linux;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Mounts;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Engine.Running;

/// <summary>Mounts the root of a container from its snapshot.</summary>
/// <remarks>Layers and what the container wrote keep the ids they have in images. For a container with users of its own
/// overlayfs sees them through an idmapped mount, so neither is copied or changed, all containers share the layers, and
/// a container can change between both.</remarks>
internal sealed class RootMounter(UserRemap? remap) : IDisposable
{
    private readonly Lazy<FileDescriptor> users = new(() => UserNamespace.Create(Lines(remap!.Uids), Lines(remap.Gids)));

    /// <summary>Whether containers have users of their own.</summary>
    public bool Remaps => remap is not null;

    /// <summary>Makes an idmapped mount of one that hangs nowhere yet.</summary>
    /// <exception cref="LinuxException">EINVAL: its file system cannot.</exception>
    public void GiveUsers(FileDescriptor tree) =>
        MountTree.SetAttributes(tree, 0, 0, MountFlags.Private, recursive: false, users.Value);

    /// <param name="remapped">Ids are to be those of the daemon's remapping.</param>
    public void Mount(Snapshot snapshot, string target, bool remapped)
    {
        if (!remapped)
        {
            MountCalls.Mount("overlay", target, "overlay", MountFlags.None, snapshot.MountOptions());
            return;
        }

        try
        {
            using var root = PrivateMounts.Run(remap!.RootUid, remap.RootGid, () => MakeRemapped(snapshot, target));
            MountTree.Attach(root, target);
        }
        catch (LinuxException e) when (e.Errno is Errno.EINVAL or Errno.ENOSYS or Errno.ENOTSUP)
        {
            throw new EngineException(
                EngineError.Internal,
                "userns-remap needs idmapped mounts below overlayfs: Linux 5.19, and a data root on ext4, xfs or "
                + $"btrfs ({e.Message}); run this container with --userns=host", e);
        }
    }

    public void Dispose()
    {
        if (users.IsValueCreated)
            users.Value.Dispose();
    }

    /// <summary>In mounts of our own, where the idmapped mount can lie over the folder it is of: every path stays, and
    /// nothing is left however this ends. Overlayfs keeps its own hold of it.</summary>
    /// <remarks>As root inside: the host's root has no id in the idmapped mount, so overlayfs, which acts as whoever
    /// mounts it, could not make its work folder, and would be read-only.</remarks>
    private FileDescriptor MakeRemapped(Snapshot snapshot, string target)
    {
        var folder = CommonFolder([.. snapshot.LowerDirs, snapshot.UpperDir, snapshot.WorkDir]);
        using (var layers = MountTree.Clone(folder, recursive: false))
        {
            GiveUsers(layers);
            MountTree.Attach(layers, folder);
        }

        MountCalls.Mount("overlay", target, "overlay", MountFlags.None, snapshot.MountOptions());
        return MountTree.Clone(target, recursive: false);
    }

    internal static string CommonFolder(IReadOnlyList<string> paths)
    {
        var common = Path.GetDirectoryName(paths[0])!;
        while (!paths.All(path => path.StartsWith(common + "/", StringComparison.Ordinal)))
            common = Path.GetDirectoryName(common)!;
        return common;
    }

    private static string Lines(IEnumerable<Oci.Bundle.IdMapping> maps) =>
        string.Concat(maps.Select(map => $"{map.ContainerId} {map.HostId} {map.Size}\n"));
}
