using Orchestrator.Build.Adding;
using Orchestrator.Build.Copying;
using Orchestrator.Build.Planning;
using Orchestrator.Images.Layers;
using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Execution;

/// <summary>Puts what a step copies where docker's rules have it.</summary>
internal sealed class CopyPlacement(StepWork.Copy copy, CopyDress dress, IReadOnlyList<CopyItem> items)
{
    private static readonly (uint, uint) Root = (0, 0);

    /// <summary>Of folders that are made on the way.</summary>
    private (uint Uid, uint Gid) FolderOwner => dress.Owner ?? Root;

    private string Destination => UnixPath.Join(copy.WorkingDirectory, copy.Destination);

    public async Task PlaceAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        using var tree = FileTree.OfSnapshot(snapshot);
        foreach (var item in items)
            await PlaceAsync(tree.Root, item, cancellationToken);
    }

    internal Task PlaceAsync(DirectoryHandle root, CopyItem item, CancellationToken cancellationToken)
    {
        if (item.Unpacks)
            return UnpackAsync(root, item, cancellationToken);
        if (copy.Parents)
            return PlaceWithParentsAsync(root, item, cancellationToken);
        return item.IsFolder
            ? PlaceFolderAsync(root, item, Destination, cancellationToken)
            : PlaceFileAsync(root, item, cancellationToken);
    }

    private Task UnpackAsync(DirectoryHandle root, CopyItem item, CancellationToken cancellationToken)
    {
        ScopedPath.MakeFolders(root, Destination, FolderOwner);
        return Archives.UnpackAsync(
            item, root, ScopedPath.Resolve(root, Destination), dress.Owner is { } owner && copy.Chown is not null ? owner : null,
            cancellationToken);
    }

    private Task PlaceWithParentsAsync(DirectoryHandle root, CopyItem item, CancellationToken cancellationToken)
    {
        var target = UnixPath.Join(Destination, item.Name);
        if (item.IsFolder)
            return PlaceFolderAsync(root, item, target, cancellationToken);
        var (folder, name) = UnixPath.Split(target);
        return WriteAsync(root, item, folder, name, cancellationToken);
    }

    /// <summary>A folder that is made for it looks like it; one that is there keeps its looks.</summary>
    private async Task PlaceFolderAsync(
        DirectoryHandle root, CopyItem item, string target, CancellationToken cancellationToken)
    {
        var made = ScopedPath.MakeFolders(root, target, FolderOwner);
        var real = ScopedPath.Resolve(root, target);
        await TreeCopier.CopyAsync(item, dress, root, real, "", cancellationToken);
        if (!made || !item.Tree.TryStat(item.Path.Length == 0 ? "." : item.Path, out var status))
            return;
        // The context's own folder is ours, and looks like nobody's.
        var mode = dress.Mode?.Apply(status.Permissions, isFolder: true)
            ?? (item.Path.Length == 0 && copy.From is null ? 0x1EDu : status.Permissions);
        if (dress.Owner is null)
            root.ChangeOwner(real, status.Uid, status.Gid);
        root.ChangeMode(real, mode);
    }

    private Task PlaceFileAsync(DirectoryHandle root, CopyItem item, CancellationToken cancellationToken)
    {
        var real = ScopedPath.Resolve(root, Destination);
        var isThere = root.TryStat(real.Length == 0 ? "." : real, out var status);
        var intoFolder = copy.Destination.EndsWith('/') || copy.Destination is "." or ".." || items.Count > 1
            || (isThere && status.Kind == FileKind.Directory);
        // A link that is named itself is written through; one that a folder happens to have is replaced.
        var (folder, name) = intoFolder ? (Destination, item.Name) : UnixPath.Split("/" + real);
        return WriteAsync(root, item, folder, name, cancellationToken);
    }

    private Task WriteAsync(
        DirectoryHandle root, CopyItem item, string folder, string name, CancellationToken cancellationToken)
    {
        ScopedPath.MakeFolders(root, folder, FolderOwner);
        return TreeCopier.CopyAsync(
            item, dress, root, ScopedPath.Resolve(root, folder), name, cancellationToken);
    }
}
