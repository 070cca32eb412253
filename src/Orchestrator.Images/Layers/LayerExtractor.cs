using System.Collections.Immutable;
using Orchestrator.Images.Tar;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Images.Layers;

/// <summary>Unpacks one layer into a folder of its own, in the form overlayfs stacks.</summary>
/// <remarks>
/// Every step is taken from an open folder and one name; symbolic links on the way are resolved by us, inside the
/// image (<see cref="FolderResolver"/>), never by the kernel. So no entry can reach outside, whatever it names.
/// Whiteouts become devices 0:0 and opaque marks an attribute. Source: OCI image-spec 1.1, layer.md.
/// </remarks>
internal sealed class LayerExtractor : IDisposable
{
    private const string AufsPrefix = ".wh..wh.";

    private readonly DirectoryHandle root;
    private readonly LayerLookup lower;
    private readonly FolderResolver folders;
    private readonly int maxEntries;
    private readonly byte[] buffer = new byte[128 * 1024];

    /// <param name="folder">Exists and is empty.</param>
    /// <param name="lowerFolders">The layers below, top first.</param>
    public LayerExtractor(string folder, ImmutableArray<string> lowerFolders, int maxEntries)
    {
        root = DirectoryHandle.Open(folder);
        lower = new LayerLookup(lowerFolders);
        folders = new FolderResolver(root, lower);
        this.maxEntries = maxEntries;
    }

    /// <summary>Bytes of file content unpacked so far.</summary>
    public long SizeBytes { get; private set; }

    public int Entries { get; private set; }

    /// <exception cref="TarException">
    /// The tar is damaged or hostile. What was unpacked is for the caller to delete.
    /// </exception>
    public async Task ExtractAsync(TarReader tar, CancellationToken cancellationToken)
    {
        folders.InheritRoot();
        while (await tar.NextAsync(cancellationToken) is { } entry)
        {
            if (++Entries > maxEntries)
                throw new TarException($"the layer has more than {maxEntries} entries");
            try
            {
                await ExtractAsync(entry, tar.Stored, cancellationToken);
            }
            catch (LinuxException error) when (!Disk.IsFull(error))
            {
                throw new TarException($"cannot unpack \"{LayerPath.Shown(entry.Name)}\": {error.Message}", error);
            }
        }

        foreach (var (path, time) in folders.Times)
        {
            if (root.TryStat(path, out var status) && status.Kind == FileKind.Directory)
                root.SetTimes(path, time);
        }
    }

    public void Dispose()
    {
        folders.Dispose();
        lower.Dispose();
        root.Dispose();
    }

    private async ValueTask ExtractAsync(TarEntry entry, Stream content, CancellationToken cancellationToken)
    {
        var steps = LayerPath.Split(entry.Name);
        if (steps.Length == 0)
        {
            if (entry.Kind == TarKind.Directory)
                Dress(root, ".", "", entry);
            return;
        }

        var name = steps[^1];
        var parent = folders.Resolve(steps.AsSpan(..^1));
        if (name.StartsWith(LayerPath.WhiteoutPrefix, StringComparison.Ordinal))
            WhiteOut(parent, name);
        else
            await MakeAsync(parent, name, entry, content, cancellationToken);
    }

    private void WhiteOut(FolderResolver.Folder parent, string name)
    {
        if (name == LayerPath.OpaqueMark)
        {
            if (!parent.Lower.IsEmpty)
                folders.MakeOpaque(parent);
            return;
        }

        if (name.StartsWith(AufsPrefix, StringComparison.Ordinal))
            return; // Bookkeeping of the file system that whiteouts come from.

        var hidden = name[LayerPath.WhiteoutPrefix.Length..];
        if (hidden is "" or "." or "..")
            throw new TarException($"the whiteout \"{LayerPath.Shown(name)}\" names nothing");
        // Whiteouts hide what lies below, never what this layer brings itself, in whatever order they come.
        if (LayerLookup.Step(parent.Lower, parent.Join(hidden)) is null)
            return;
        if (!parent.Handle.TryStat(hidden, out var own))
            parent.Handle.MakeNode(hidden, (uint)FileKind.CharacterDevice);
        else if (own.Kind == FileKind.Directory)
            folders.MarkOpaque(parent.Join(hidden));
    }

    private async ValueTask MakeAsync(
        FolderResolver.Folder parent, string name, TarEntry entry, Stream content, CancellationToken cancellationToken)
    {
        if (entry.Kind == TarKind.Directory)
        {
            MakeFolder(parent, name, entry);
            return;
        }

        if (entry.Kind == TarKind.HardLink)
        {
            MakeHardLink(parent, name, entry);
            return;
        }

        folders.Clear(parent, name);
        switch (entry.Kind)
        {
            case TarKind.File:
                await WriteAsync(parent, name, entry, content, cancellationToken);
                break;
            case TarKind.SymbolicLink:
                parent.Handle.MakeSymbolicLink(entry.LinkName, name);
                break;
            case TarKind.Fifo:
                parent.Handle.MakeNode(name, (uint)FileKind.Fifo);
                break;
            default:
                MakeDevice(parent, name, entry);
                break;
        }

        Dress(parent.Handle, name, parent.Join(name), entry);
    }

    private void MakeFolder(FolderResolver.Folder parent, string name, TarEntry entry)
    {
        var exists = parent.Handle.TryStat(name, out var own);
        if (!exists || own.Kind != FileKind.Directory)
        {
            var hidesLower = exists && LayerLookup.IsWhiteout(own);
            folders.Clear(parent, name);
            parent.Handle.MakeDirectory(name, 0x1C0);
            if (hidesLower)
                folders.MarkOpaque(parent.Join(name));
        }

        Dress(parent.Handle, name, parent.Join(name), entry);
    }

    private static void MakeDevice(FolderResolver.Folder parent, string name, TarEntry entry)
    {
        if (entry is { Kind: TarKind.CharacterDevice, DeviceMajor: 0, DeviceMinor: 0 })
            throw new TarException(
                $"\"{LayerPath.Shown(entry.Name)}\" is a device 0:0, which overlayfs reads as a whiteout");
        var kind = entry.Kind == TarKind.BlockDevice ? FileKind.BlockDevice : FileKind.CharacterDevice;
        parent.Handle.MakeNode(name, (uint)kind, FileStatus.MakeDevice(entry.DeviceMajor, entry.DeviceMinor));
    }

    /// <summary>Another name for a file this layer has already; it shares mode, owner and times with it.</summary>
    private void MakeHardLink(FolderResolver.Folder parent, string name, TarEntry entry)
    {
        var steps = LayerPath.Split(entry.LinkName);
        if (steps.Length == 0)
            throw new TarException($"\"{LayerPath.Shown(entry.Name)}\" is a hard link to nothing");
        var folder = folders.ResolveAside(steps.AsSpan(..^1));
        try
        {
            if (folder is null || !IsLinkable(folder, steps[^1]))
            {
                throw new TarException($"\"{LayerPath.Shown(entry.Name)}\" is a hard link to " +
                    $"\"{LayerPath.Shown(entry.LinkName)}\", which this layer does not have before it");
            }

            if (folder.Join(steps[^1]) == parent.Join(name))
                return; // A link to itself: removing it first would lose it.
            folders.Clear(parent, name);
            parent.Handle.MakeHardLink(folder.Handle, steps[^1], name);
        }
        finally
        {
            if (!ReferenceEquals(folder, parent))
                folder?.Dispose();
        }
    }

    private static bool IsLinkable(FolderResolver.Folder folder, string name) =>
        folder.Handle.TryStat(name, out var status)
        && status.Kind != FileKind.Directory && !LayerLookup.IsWhiteout(status);

    private async ValueTask WriteAsync(FolderResolver.Folder parent, string name, TarEntry entry, Stream stored,
        CancellationToken cancellationToken)
    {
        using var file = parent.Handle.OpenIn(
            name, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_NOFOLLOW, 0x180);
        SizeBytes += await TarContent.WriteAsync(file, entry, stored, buffer, cancellationToken);
    }

    /// <summary>Owner first: changing it takes setuid bits and capabilities away.</summary>
    private void Dress(DirectoryHandle parent, string name, string path, TarEntry entry)
    {
        parent.ChangeOwner(name, entry.Uid, entry.Gid);
        if (entry.Kind != TarKind.SymbolicLink)
            parent.ChangeMode(name, entry.Mode);
        foreach (var (key, value) in entry.Xattrs)
            LayerXattrs.Set($"{parent.ProcPath}/{name}", key, value);
        if (entry.Kind == TarKind.Directory)
            folders.Times[path.Length == 0 ? "." : path] = entry.Modified;
        else
            parent.SetTimes(name, entry.Modified);
    }
}
