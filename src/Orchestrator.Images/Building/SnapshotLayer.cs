using System.IO.Compression;
using Orchestrator.Images.Content;
using Orchestrator.Images.Layers;
using Orchestrator.Images.Tar;
using Orchestrator.Images.Trees;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Building;

/// <summary>Makes a layer of what has been written to a snapshot.</summary>
internal sealed class SnapshotLayer(ImageStores stores)
{
    public async Task<MadeLayer?> CommitAsync(ContentLease lease, Snapshot snapshot, Digest? below,
        LayerWriting writing, CancellationToken cancellationToken)
    {
        var changed = Changed(snapshot, writing.MountPoints);
        if (changed.Count == 0)
            return null;
        try
        {
            var blob = await ArchiveAsync(lease, snapshot, changed, writing.Newest, cancellationToken);
            var parent = below is { } chain ? stores.Layers.Find(chain) : null;
            var layer = await stores.Layers.UnpackAsync(
                lease, parent, expected: null, () => stores.Content.OpenRead(blob), null, cancellationToken);
            var descriptor = await stores.DescribeLayerAsync(blob, cancellationToken);
            return new MadeLayer(layer.ChainId, layer.DiffId, descriptor, layer.SizeBytes);
        }
        catch (Exception error) when (Disk.IsFull(error))
        {
            throw Disk.Full(stores.Content.Root, error);
        }
    }

    private static HashSet<string> Changed(Snapshot snapshot, IReadOnlyCollection<string> mountPoints)
    {
        var skipped = mountPoints.ToHashSet(StringComparer.Ordinal);
        var changes = SnapshotChanges.Read(snapshot, skipped.Contains);
        var changed = changes.Select(change => change.Path).ToHashSet(StringComparer.Ordinal);
        var added = changes.Where(change => change.Kind == ChangeKind.Added).Select(change => change.Path)
            .ToHashSet(StringComparer.Ordinal);
        // Deepest first: a folder that was made to lead to such a place goes once nothing else is in it.
        foreach (var folder in skipped.SelectMany(Above).Distinct().OrderByDescending(path => path.Length))
        {
            if (added.Contains(folder) && !changed.Any(
                path => path.StartsWith(folder + "/", StringComparison.Ordinal)))
                changed.Remove(folder);
        }

        return changed;
    }

    private static IEnumerable<string> Above(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            yield return path[..slash];
    }

    private async Task<Digest> ArchiveAsync(ContentLease lease, Snapshot snapshot, HashSet<string> changed,
        DateTimeOffset? newest, CancellationToken cancellationToken)
    {
        using var ingest = stores.Content.BeginIngest();
        await using (var compressed = new GZipStream(new IngestStream(ingest), CompressionLevel.Fastest))
        {
            var tar = new TarWriter(compressed);
            using var upper = DirectoryHandle.Open(snapshot.UpperDir);
            var archiver = new TreeArchiver(tar)
            {
                AsLayer = true,
                Skips = path => !changed.Contains("/" + path),
                Change = entry => entry with { Modified = Clamp(entry.Modified, newest) },
            };
            await archiver.WriteAsync(upper, ".", "", cancellationToken);
            await tar.FinishAsync(cancellationToken);
        }

        return ingest.Commit(lease, expected: null);
    }

    /// <summary>Whole seconds, as docker's: fractions would cost every entry a header of its own.</summary>
    private static DateTimeOffset Clamp(DateTimeOffset time, DateTimeOffset? newest)
    {
        var whole = DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
        return newest is { } limit && whole > limit ? limit : whole;
    }
}
