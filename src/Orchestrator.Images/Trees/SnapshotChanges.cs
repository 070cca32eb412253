using System.Collections.Immutable;
using Orchestrator.Images.Layers;
using Orchestrator.Linux.Files;

namespace Orchestrator.Images.Trees;

/// <summary>What a container has changed: its upper folder, held against the layers below.</summary>
internal sealed class SnapshotChanges(Func<string, bool> skips)
{
    /// <param name="skips">Absolute paths to leave out, with what is below.</param>
    /// <returns>Folders before what is in them.</returns>
    public static IReadOnlyList<PathChange> Read(Snapshot snapshot, Func<string, bool> skips)
    {
        using var lower = new LayerLookup(snapshot.LowerDirs);
        using var upper = DirectoryHandle.Open(snapshot.UpperDir);
        return [.. new SnapshotChanges(skips).Walk(upper, "", lower.Root)];
    }

    private IEnumerable<PathChange> Walk(DirectoryHandle folder, string path, ImmutableArray<DirectoryHandle> lower)
    {
        var names = Directory.EnumerateFileSystemEntries(folder.ProcPath).Select(p => Path.GetFileName(p)!);
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            var inner = $"{path}/{name}";
            if (!skips(inner) && folder.TryStat(name, out var status))
            {
                foreach (var change in Compare(folder, name, inner, status, lower))
                    yield return change;
            }
        }
    }

    private PathChange[] Compare(
        DirectoryHandle folder, string name, string path, FileStatus status, ImmutableArray<DirectoryHandle> lower)
    {
        var below = lower.IsEmpty ? null : LayerLookup.Step(lower, path[1..]);
        if (LayerLookup.IsWhiteout(status))
            return below is null ? [] : [new(path, ChangeKind.Deleted)];
        var own = new PathChange(path, below is null ? ChangeKind.Added : ChangeKind.Modified);
        return status.Kind == FileKind.Directory ? OfFolder(folder, name, own, status, below) : [own];
    }

    private PathChange[] OfFolder(
        DirectoryHandle folder, string name, PathChange own, FileStatus status, LayerLookup.Found? below)
    {
        using var opened = folder.OpenDirectoryIn(
            name, ResolveFlags.IN_ROOT | ResolveFlags.NO_MAGICLINKS | ResolveFlags.NO_SYMLINKS);
        var opaque = LayerLookup.IsOpaque(opened, ".");
        var merged = opaque || below is null ? [] : below.Value.Merged;
        PathChange[] inside = [.. Walk(opened, own.Path, merged)];
        // A folder is also there because something in it is that is left out: a place to mount on.
        var untouched = inside.Length == 0 && !opaque && below is { Status: var was }
            && (was.Mode, was.Uid, was.Gid) == (status.Mode, status.Uid, status.Gid)
            && HasEqualXattrs(opened, below.Value.Layer, own.Path[1..]);
        return untouched ? [] : [own, .. inside];
    }

    private static bool HasEqualXattrs(DirectoryHandle opened, DirectoryHandle layer, string path)
    {
        var (own, other) = (LayerXattrs.Read($"{opened.ProcPath}/."), LayerXattrs.Read($"{layer.ProcPath}/{path}"));
        return own.Count == other.Count
            && own.All(x => other.TryGetValue(x.Key, out var value) && value.AsSpan().SequenceEqual(x.Value));
    }
}
