using Orchestrator.Images.Layers;
using Orchestrator.Images.Tar;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Images.Trees;

/// <summary>Writes files and folders, with all that is below, as entries of a tar.</summary>
/// <remarks>Every step is taken from an open folder and one name, so that a container that swaps a folder for a link
/// meanwhile gets nothing of the host's into the archive.</remarks>
public sealed class TreeArchiver(TarWriter tar)
{
    private const ResolveFlags OneStep = ResolveFlags.IN_ROOT | ResolveFlags.NO_MAGICLINKS | ResolveFlags.NO_SYMLINKS;

    /// <summary>What a file with several names was archived under first.</summary>
    private readonly Dictionary<(ulong Device, ulong Inode), string> archivedAs = [];

    /// <summary>The tree is what overlayfs keeps of a container's changes: its marks become a layer's.</summary>
    public bool AsLayer { get; init; }

    /// <summary>Left out, with what is below; by their name in the archive.</summary>
    public Func<string, bool> Skips { get; init; } = _ => false;

    /// <summary>What an owner is called in the archive: uid and gid of a file → those of its entry.</summary>
    public Func<uint, uint, (uint Uid, uint Gid)> Owners { get; init; } = (uid, gid) => (uid, gid);

    /// <summary>The last word on each entry; its kind, names and size are to stay.</summary>
    public Func<TarEntry, TarEntry> Change { get; init; } = entry => entry;

    /// <param name="folder">Holds the entry.</param>
    /// <param name="name">One name; <c>.</c> is the folder itself.</param>
    /// <param name="archived">The entry's name in the archive; empty: only what is below.</param>
    public async Task WriteAsync(
        DirectoryHandle folder, string name, string archived, CancellationToken cancellationToken)
    {
        if (!folder.TryStat(name, out var status) || status.Kind == FileKind.Socket)
            return; // Gone meanwhile; and a tar knows no sockets.
        if (status.Kind == FileKind.Directory)
            await WriteFolderAsync(folder, name, archived, status, cancellationToken);
        else if (AsLayer && LayerLookup.IsWhiteout(status))
            await WriteMarkAsync(Parent(archived) + LayerPath.WhiteoutPrefix + name, cancellationToken);
        else if (status.Links > 1 && !archivedAs.TryAdd((status.Device, status.Inode), archived))
            await WriteLinkAsync(folder, name, archived, status, cancellationToken);
        else if (status.Kind == FileKind.Regular)
            await WriteFileAsync(folder, name, archived, status, cancellationToken);
        else
            await tar.WriteAsync(EntryOf(folder, name, archived, status), cancellationToken);
    }

    private async Task WriteFolderAsync(
        DirectoryHandle folder, string name, string archived, FileStatus status, CancellationToken cancellationToken)
    {
        var prefix = archived.Length == 0 || archived.EndsWith('/') ? archived : archived + "/";
        if (prefix.Length > 0)
            await tar.WriteAsync(EntryOf(folder, name, prefix, status), cancellationToken);
        using var inner = folder.OpenDirectoryIn(name, OneStep);
        if (AsLayer && prefix.Length > 0 && LayerLookup.IsOpaque(inner, "."))
            await WriteMarkAsync(prefix + LayerPath.OpaqueMark, cancellationToken);
        foreach (var below in Names(inner))
        {
            if (!Skips(prefix + below))
                await WriteAsync(inner, below, prefix + below, cancellationToken);
        }
    }

    /// <summary>In a fixed order: the same tree gives the same archive.</summary>
    private static IEnumerable<string> Names(DirectoryHandle folder) =>
        Directory.EnumerateFileSystemEntries(folder.ProcPath).Select(path => Path.GetFileName(path)!)
            .Order(StringComparer.Ordinal);

    private async Task WriteFileAsync(
        DirectoryHandle folder, string name, string archived, FileStatus status, CancellationToken cancellationToken)
    {
        // Not blocking: by now it may be a pipe that nobody writes to.
        using var file = folder.OpenIn(name, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, 0, OneStep);
        await using var content = new FileStream(file, FileAccess.Read, bufferSize: 0);
        try
        {
            await tar.WriteAsync(EntryOf(folder, name, archived, status), content, cancellationToken);
        }
        catch (EndOfStreamException e)
        {
            throw new IOException($"{archived}: the file became shorter while it was read; try again", e);
        }
    }

    private ValueTask WriteLinkAsync(
        DirectoryHandle folder, string name, string archived, FileStatus status, CancellationToken cancellationToken) =>
        tar.WriteAsync(
            EntryOf(folder, name, archived, status) with
            {
                Kind = TarKind.HardLink, Size = 0, LinkName = archivedAs[(status.Device, status.Inode)],
            },
            cancellationToken);

    private ValueTask WriteMarkAsync(string archived, CancellationToken cancellationToken) =>
        tar.WriteAsync(new TarEntry { Name = archived, Kind = TarKind.File }, cancellationToken);

    private TarEntry EntryOf(DirectoryHandle folder, string name, string archived, FileStatus status)
    {
        var (uid, gid) = Owners(status.Uid, status.Gid);
        return Change(Describe(folder, name, archived, status) with { Uid = uid, Gid = gid });
    }

    private static TarEntry Describe(DirectoryHandle folder, string name, string archived, FileStatus status) => new()
    {
        Name = archived,
        Kind = status.Kind switch
        {
            FileKind.Directory => TarKind.Directory,
            FileKind.SymbolicLink => TarKind.SymbolicLink,
            FileKind.CharacterDevice => TarKind.CharacterDevice,
            FileKind.BlockDevice => TarKind.BlockDevice,
            FileKind.Fifo => TarKind.Fifo,
            _ => TarKind.File,
        },
        Mode = status.Permissions,
        Size = status.Kind == FileKind.Regular ? status.Size : 0,
        Modified = DateTimeOffset.FromUnixTimeSeconds(status.ModifySeconds)
            .AddTicks(status.ModifyNanoseconds / TimeSpan.NanosecondsPerTick),
        LinkName = status.Kind == FileKind.SymbolicLink ? folder.ReadLink(name) : "",
        DeviceMajor = status.Major,
        DeviceMinor = status.Minor,
        Xattrs = LayerXattrs.Read($"{folder.ProcPath}/{name}"),
    };

    private static string Parent(string archived) => archived[..(archived.LastIndexOf('/') + 1)];
}
