using Orchestrator.Engine.Containers;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Engine.Running;

/// <summary>
/// Gives an empty volume what the image has at its target, with owners and modes: docker's rule for first use.
/// </summary>
internal static class VolumeFiller
{
    private const int BufferBytes = 128 << 10;

    /// <summary>Whether something could be copied to it, as far as can be told before it is mounted.</summary>
    public static bool MayFill(MountRecord mount) => mount is { Type: "volume", Subpath: "", Options: not "nocopy" };

    /// <param name="mount">Mounted.</param>
    public static bool IsToFill(MountRecord mount) =>
        MayFill(mount) && !Directory.EnumerateFileSystemEntries(mount.Source).Any();

    /// <param name="rootfs">Mounted; links in it cannot lead out.</param>
    /// <param name="remap">Whose root an empty volume belongs to; null: the host's.</param>
    public static void Fill(IReadOnlyList<MountRecord> mounts, string rootfs, UserRemap? remap)
    {
        foreach (var mount in mounts.Where(mount => mount is { Type: "volume", Subpath: "" }))
        {
            if (Directory.EnumerateFileSystemEntries(mount.Source).Any())
                continue;
            if (remap is not null)
                GiveTo(remap, mount.Source);
            if (mount.Options != "nocopy")
                Copy(rootfs, mount.Target, mount.Source);
        }
    }

    private static void GiveTo(UserRemap remap, string volume)
    {
        using var folder = DirectoryHandle.Open(volume);
        if (folder.TryStat(".", out var status) && status is { Uid: 0, Gid: 0 })
            folder.ChangeOwner(".", remap.RootUid, remap.RootGid);
    }

    private static void Copy(string rootfs, string target, string volume)
    {
        using var root = DirectoryHandle.Open(rootfs);
        DirectoryHandle source;
        try
        {
            source = root.OpenDirectoryIn(target.TrimStart('/'));
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return; // The image has nothing there.
        }

        using (source)
        using (var to = DirectoryHandle.Open(volume))
        {
            CopyEntries(source, to);
            if (source.TryStat(".", out var status))
                Dress(to, ".", status);
        }
    }

    private static void CopyEntries(DirectoryHandle from, DirectoryHandle to)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(from.ProcPath))
        {
            var name = Path.GetFileName(path);
            if (from.TryStat(name, out var status))
                CopyEntry(from, to, name, status);
        }
    }

    private static void CopyEntry(DirectoryHandle from, DirectoryHandle to, string name, FileStatus status)
    {
        switch (status.Kind)
        {
            case FileKind.Directory:
                to.MakeDirectory(name, 0x1C0);
                using (var inner = from.OpenDirectoryIn(name))
                using (var made = to.OpenDirectoryIn(name))
                    CopyEntries(inner, made);
                break;
            case FileKind.Regular:
                CopyFile(from, to, name);
                break;
            case FileKind.SymbolicLink:
                to.MakeSymbolicLink(from.ReadLink(name), name);
                to.ChangeOwner(name, status.Uid, status.Gid);
                return;
            default:
                to.MakeNode(name, status.Mode, status.SpecialDevice);
                break;
        }

        Dress(to, name, status);
    }

    private static void CopyFile(DirectoryHandle from, DirectoryHandle to, string name)
    {
        using var source = new FileStream(from.OpenIn(name, OpenFlags.O_RDONLY), FileAccess.Read, bufferSize: 0);
        using var copy = new FileStream(
            to.OpenIn(name, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL, 0x180), FileAccess.Write,
            bufferSize: 0);
        source.CopyTo(copy, BufferBytes);
    }

    private static void Dress(DirectoryHandle directory, string name, FileStatus status)
    {
        directory.ChangeOwner(name, status.Uid, status.Gid);
        directory.ChangeMode(name, status.Permissions); // After the owner: changing that drops the set-id bits.
        directory.SetTimes(name, DateTimeOffset.FromUnixTimeSeconds(status.ModifySeconds));
    }
}
