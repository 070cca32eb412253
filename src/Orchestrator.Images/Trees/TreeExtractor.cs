using Orchestrator.Images.Layers;
using Orchestrator.Images.Tar;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Images.Trees;

/// <summary>Unpacks a tar into a tree that is in use: whose owner may change it meanwhile, and may mean harm.</summary>
/// <remarks>Each entry's folder is resolved by the kernel with the tree's root as the root of everything; the last step
/// follows no link. <see cref="LayerExtractor"/> is for layers, which have whiteouts and lower layers.</remarks>
/// <param name="root">The root that links are resolved in.</param>
/// <param name="folder">Where to unpack, from the root.</param>
public sealed class TreeExtractor(DirectoryHandle root, string folder)
{
    private readonly List<(string Path, DateTimeOffset Time)> folderTimes = [];
    private readonly byte[] buffer = new byte[128 * 1024];

    /// <summary>Owner of all that is unpacked, before <see cref="Owners"/>; null: as the archive has it.</summary>
    public (uint Uid, uint Gid)? Owner { get; init; }

    /// <summary>An owner of the archive as the tree's file system is to be told.</summary>
    public Func<uint, uint, (uint Uid, uint Gid)> Owners { get; init; } = (uid, gid) => (uid, gid);

    /// <summary>Entries that are passed over are read and left out.</summary>
    public Func<TarEntry, bool> Takes { get; init; } = _ => true;

    /// <summary>A folder never takes the place of a file, nor a file that of a folder.</summary>
    public bool KeepsKinds { get; init; }

    /// <exception cref="TarException">The archive is damaged, or an entry cannot be made.</exception>
    public async Task ExtractAsync(TarReader tar, CancellationToken cancellationToken)
    {
        while (await tar.NextAsync(cancellationToken) is { } entry)
        {
            try
            {
                if (Takes(entry))
                    await ExtractAsync(entry, tar.Stored, cancellationToken);
            }
            catch (LinuxException e) when (!Disk.IsFull(e))
            {
                throw new TarException($"cannot unpack \"{LayerPath.Shown(entry.Name)}\": {e.Message}", e);
            }
        }

        foreach (var (path, time) in folderTimes)
            SetFolderTime(path, time);
    }

    private async ValueTask ExtractAsync(TarEntry entry, Stream stored, CancellationToken cancellationToken)
    {
        var steps = LayerPath.Split(entry.Name);
        using var parent = Folder(steps.Length == 0 ? steps : steps[..^1]);
        var name = steps.Length == 0 ? "." : steps[^1];
        MakeRoom(parent, name, entry);
        switch (entry.Kind)
        {
            case TarKind.Directory when !parent.TryStat(name, out _):
                parent.MakeDirectory(name, 0x1C0);
                break;
            case TarKind.File:
                await WriteAsync(parent, name, entry, stored, cancellationToken);
                break;
            case TarKind.SymbolicLink:
                parent.MakeSymbolicLink(entry.LinkName, name);
                break;
            case TarKind.HardLink:
                MakeHardLink(parent, name, entry);
                return;
            case TarKind.Fifo:
                parent.MakeNode(name, (uint)FileKind.Fifo);
                break;
            case TarKind.CharacterDevice or TarKind.BlockDevice:
                var kind = entry.Kind == TarKind.BlockDevice ? FileKind.BlockDevice : FileKind.CharacterDevice;
                parent.MakeNode(name, (uint)kind, FileStatus.MakeDevice(entry.DeviceMajor, entry.DeviceMinor));
                break;
        }

        Dress(parent, name, steps, entry);
    }

    /// <summary>The folder of an entry, made where the archive does not bring it itself.</summary>
    private DirectoryHandle Folder(string[] steps)
    {
        var current = root.OpenDirectoryIn(folder.Length == 0 ? "." : folder);
        var path = folder;
        foreach (var step in steps)
        {
            path = $"{path}/{step}".TrimStart('/');
            using var above = current;
            if (!above.TryStat(step, out _))
                above.MakeDirectory(step, 0x1ED);
            current = root.OpenDirectoryIn(path);
        }

        return current;
    }

    /// <summary>Takes away what is in the entry's place, unless both are folders.</summary>
    private void MakeRoom(DirectoryHandle parent, string name, TarEntry entry)
    {
        if (!parent.TryStat(name, out var there))
            return;
        var (wasFolder, isFolder) = (there.Kind == FileKind.Directory, entry.Kind == TarKind.Directory);
        if (wasFolder != isFolder && KeepsKinds)
        {
            throw new TarException(wasFolder
                ? $"cannot overwrite directory \"{LayerPath.Shown(name)}\" with non-directory"
                : $"cannot overwrite non-directory \"{LayerPath.Shown(name)}\" with directory");
        }

        if (!wasFolder)
            parent.Remove(name);
        else if (!isFolder)
            DirectoryTree.Delete($"{parent.ProcPath}/{name}");
    }

    private async ValueTask WriteAsync(
        DirectoryHandle parent, string name, TarEntry entry, Stream stored, CancellationToken cancellationToken)
    {
        using var file = parent.OpenIn(
            name, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_NOFOLLOW, 0x180);
        await TarContent.WriteAsync(file, entry, stored, buffer, cancellationToken);
    }

    private void MakeHardLink(DirectoryHandle parent, string name, TarEntry entry)
    {
        var steps = LayerPath.Split(entry.LinkName);
        if (steps.Length == 0)
            throw new TarException($"\"{LayerPath.Shown(entry.Name)}\" is a hard link to nothing");
        using var other = Folder(steps[..^1]);
        parent.MakeHardLink(other, steps[^1], name);
    }

    /// <summary>Owner first: changing it takes setuid bits and capabilities away.</summary>
    private void Dress(DirectoryHandle parent, string name, string[] steps, TarEntry entry)
    {
        var (uid, gid) = Owner is { } own ? Owners(own.Uid, own.Gid) : Owners(entry.Uid, entry.Gid);
        if (name == ".")
            return; // The folder to unpack into is its owner's.
        parent.ChangeOwner(name, uid, gid);
        if (entry.Kind != TarKind.SymbolicLink)
            parent.ChangeMode(name, entry.Mode);
        foreach (var (key, value) in entry.Xattrs)
            LayerXattrs.Set($"{parent.ProcPath}/{name}", key, value);
        if (entry.Kind == TarKind.Directory)
            folderTimes.Add((string.Join('/', steps), entry.Modified));
        else
            parent.SetTimes(name, entry.Modified);
    }

    private void SetFolderTime(string path, DateTimeOffset time)
    {
        try
        {
            using var opened = root.OpenDirectoryIn($"{folder}/{path}".TrimStart('/'));
            opened.SetTimes(".", time);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            // Gone again, or another thing: its time is its owner's.
        }
    }
}
