using System.Globalization;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Running;
using Orchestrator.Images;
using Orchestrator.Images.Layers;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Mounts;
using Microsoft.Win32.SafeHandles;

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
    /// <param name="fill">Called with the root before anything is mounted in it.</param>
    public static ContainerRoot Mount(
        Snapshot snapshot, IEnumerable<MountRecord> mounts, string place, Action<string> fill)
    {
        Directory.CreateDirectory(place, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            MountCalls.Mount("overlay", place, "overlay", MountFlags.None, snapshot.MountOptions());
            fill(place);
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
            using var target = OpenTarget(mount);
            var path = $"/proc/self/fd/{target.DangerousGetHandle()}";
            MountCalls.Mount(mount.Source, path, null, MountFlags.Bind);
            if (mount.ReadOnly)
                MountCalls.Mount(null, path, null, MountFlags.Bind | MountFlags.Remount | MountFlags.ReadOnly);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            // The bind's source is gone, or a file is where a folder of the way should be: the start will say so.
        }
    }

    /// <summary>Makes the place to mount on if the container was never started.</summary>
    private SafeFileHandle OpenTarget(MountRecord mount)
    {
        var path = mount.Target.TrimStart('/');
        try
        {
            return Root.OpenIn(path, OpenFlags.O_PATH);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT)
        {
            if (Directory.Exists(mount.Source))
                MakeFolders(path);
            else
                MakeFile(path);
            return Root.OpenIn(path, OpenFlags.O_PATH);
        }
    }

    private void MakeFile(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            MakeFolders(folder);
        Root.OpenIn(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT, 0x1A4).Dispose();
    }

    /// <summary>Each opened from the root: a link on the way is one of the container's own.</summary>
    private void MakeFolders(string path)
    {
        var parent = ".";
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            using var folder = Root.OpenDirectoryIn(parent);
            if (!folder.TryStat(name, out _))
                folder.MakeDirectory(name, 0x1ED);
            parent = $"{parent}/{name}";
        }
    }

    public static void Unmount(string place)
    {
        MountCalls.TryUnmount(place, detach: true);
        Directory.Delete(place, recursive: false);
    }
}
