using System.Globalization;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Running;
using Orchestrator.Images;
using Orchestrator.Images.Layers;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Mounts;

namespace Orchestrator.Engine.Files;

/// <summary>A container's root directory, opened; of one that is down, mounted for as long as this lives.</summary>
internal sealed class ContainerRoot : IDisposable
{
    private readonly string? mounted;

    private ContainerRoot(DirectoryHandle root, string? mounted) => (Root, this.mounted) = (root, mounted);

    public DirectoryHandle Root { get; }

    /// <summary>As the container itself sees it while it runs, with all its mounts.</summary>
    public static ContainerRoot OfProcess(int pid) =>
        new(DirectoryHandle.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/root")), mounted: null);

    /// <summary>One that is mounted already.</summary>
    public static ContainerRoot OfFolder(string path) => new(DirectoryHandle.Open(path), mounted: null);

    /// <summary>Of one that is down: its file system, with its volumes and binds.</summary>
    /// <param name="place">An empty folder of ours; removed in the end.</param>
    public static ContainerRoot Mount(Snapshot snapshot, IEnumerable<MountRecord> mounts, string place)
    {
        Directory.CreateDirectory(place, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            MountCalls.Mount("overlay", place, "overlay", MountFlags.None, snapshot.MountOptions());
            var root = new ContainerRoot(DirectoryHandle.Open(place), place);
            foreach (var mount in mounts.Where(m => m.Type != "tmpfs"))
                root.Bind(mount);
            return root;
        }
        catch
        {
            Unmount(place);
            throw;
        }
    }

    public void Dispose()
    {
        Root.Dispose();
        if (mounted is not null)
            Unmount(mounted);
    }

    /// <summary>On an open descriptor: a link in the container's own files leads nowhere else.</summary>
    private void Bind(MountRecord mount)
    {
        try
        {
            using var target = Root.OpenIn(mount.Target.TrimStart('/'), OpenFlags.O_PATH);
            var path = $"/proc/self/fd/{target.DangerousGetHandle()}";
            MountCalls.Mount(mount.Source, path, null, MountFlags.Bind);
            if (mount.ReadOnly)
                MountCalls.Mount(null, path, null, MountFlags.Bind | MountFlags.Remount | MountFlags.ReadOnly);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            // Never started: the place to mount on is not there yet, nor is anything in it.
        }
    }

    public static void Unmount(string place)
    {
        MountCalls.TryUnmount(place, detach: true);
        Directory.Delete(place, recursive: false);
    }
}
