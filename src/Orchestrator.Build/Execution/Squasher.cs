using System.Collections.Immutable;
using Orchestrator.Build.Copying;
using Orchestrator.Images.Building;
using Orchestrator.Images.Layers;
using Orchestrator.Images.Tar;
using Orchestrator.Images.Trees;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Execution;

/// <summary>Makes one layer of all that a build has put on its base: <c>--squash</c>.</summary>
/// <remarks>The layers are unpacked one over the other on a snapshot of the base, so what a later one takes away is in
/// none.</remarks>
internal static class Squasher
{
    private const string Whiteout = ".wh.", Opaque = ".wh..wh..opq";

    public static async Task<StageResult> SquashAsync(
        BuildSession session, StageResult result, CancellationToken cancellationToken)
    {
        var below = result.Base?.Config.RootFs.DiffIds.Length ?? 0;
        var added = result.Layers.Skip(below).ToList();
        if (added.Count < 2)
            return result;
        var ground = result with { Layers = [.. result.Layers.Take(below)] };
        var layer = await LayerStep.MakeAsync(
            session, ground, [], (snapshot, token) => UnpackAsync(session, snapshot, added, token), cancellationToken);
        return ground with
        {
            Layers = layer is null ? ground.Layers : ground.Layers.Add(layer),
            History = [.. Emptied(result, below), Entry(added.Count, layer is null)],
        };
    }

    /// <summary>The steps are still told of; none of them is a layer any more.</summary>
    private static IEnumerable<HistoryEntry> Emptied(StageResult result, int below)
    {
        var kept = 0;
        foreach (var entry in result.History)
            yield return entry.EmptyLayer || kept++ < below ? entry : entry with { EmptyLayer = true };
    }

    private static HistoryEntry Entry(int count, bool isEmpty) => new()
    {
        CreatedBy = "", Comment = $"merge of {count} layers", EmptyLayer = isEmpty,
    };

    private static async Task UnpackAsync(BuildSession session, Snapshot snapshot, List<MadeLayer> layers,
        CancellationToken cancellationToken)
    {
        using var tree = FileTree.OfSnapshot(snapshot);
        foreach (var layer in layers)
        {
            // What it takes away lies below it, so that goes first, wherever in the archive it says so.
            await ReadAsync(session, layer, tar => TakeAwayAsync(tree.Root, tar, cancellationToken), cancellationToken);
            var extractor = new TreeExtractor(tree.Root, "") { Takes = entry => !IsMark(entry) };
            await ReadAsync(session, layer, tar => extractor.ExtractAsync(tar, cancellationToken), cancellationToken);
        }
    }

    private static async Task ReadAsync(
        BuildSession session, MadeLayer layer, Func<TarReader, Task> read, CancellationToken cancellationToken)
    {
        await using var blob = session.Workshop.OpenRead(layer);
        await using var plain = await LayerCompression.DecompressAsync(blob, cancellationToken);
        await read(new TarReader(plain));
    }

    private static async Task TakeAwayAsync(DirectoryHandle root, TarReader tar, CancellationToken cancellationToken)
    {
        while (await tar.NextAsync(cancellationToken) is { } entry)
        {
            if (!IsMark(entry))
                continue;
            var (folder, name) = UnixPath.Split(UnixPath.Clean(entry.Name));
            var real = ScopedPath.Resolve(root, folder);
            if (!root.TryStat(real.Length == 0 ? "." : real, out var status) || status.Kind != FileKind.Directory)
                continue;
            using var opened = root.OpenDirectoryIn(real.Length == 0 ? "." : real);
            if (name != Opaque)
                Remove(opened, name[Whiteout.Length..]);
            else
                foreach (var below in Directory.EnumerateFileSystemEntries(opened.ProcPath).ToList())
                    Remove(opened, Path.GetFileName(below));
        }
    }

    private static void Remove(DirectoryHandle folder, string name)
    {
        if (!folder.TryStat(name, out var status))
            return;
        if (status.Kind == FileKind.Directory)
            DirectoryTree.Delete($"{folder.ProcPath}/{name}");
        else
            folder.Remove(name);
    }

    private static bool IsMark(TarEntry entry) =>
        UnixPath.Split(UnixPath.Clean(entry.Name)).Name.StartsWith(Whiteout, StringComparison.Ordinal);
}
