using System.IO.Compression;
using Orchestrator.Images.Content;
using Orchestrator.Images.Layers;
using Orchestrator.Images.Library;
using Orchestrator.Images.Tar;
using Orchestrator.Images.Trees;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Archives;

/// <summary>Makes an image of another one and what a container has changed of it.</summary>
internal sealed class ImageCommitter(ImageStores stores)
{
    public Task<Image> CommitAsync(
        Snapshot snapshot, Image parent, CommitOptions options, CancellationToken cancellationToken)
    {
        // Faults of the request are found before the disk is filled.
        var name = options.Reference is { } text ? ImageNames.ParseTag(text) : null;
        var config = ConfigChanges.Apply(options.Config, options.Changes);
        return stores.UnderLeaseAsync(async lease =>
        {
            var chains = parent.Config.RootFs.ChainIds();
            foreach (var chain in chains)
                lease.Pin(chain);
            var blob = await ArchiveAsync(lease, snapshot, options.Skips, cancellationToken);
            var below = chains.Count == 0 ? null : stores.Layers.Find(chains[^1]);
            var layer = await stores.Layers.UnpackAsync(
                lease, below, expected: null, () => stores.Content.OpenRead(blob), null, cancellationToken);

            var manifest = ImageJson.ReadManifest(
                await stores.Content.ReadAsync(parent.Manifest.Digest, cancellationToken));
            var image = Configure(parent.Config, config, layer.DiffId, options);
            var descriptor = await stores.DescribeLayerAsync(blob, cancellationToken);
            return await stores.AddAsync(
                lease, image, ImageJson.Write(image), [.. manifest.Layers ?? [], descriptor],
                name is null ? [] : [name], cancellationToken);
        });
    }

    private async Task<Digest> ArchiveAsync(
        ContentLease lease, Snapshot snapshot, Func<string, bool> skips, CancellationToken cancellationToken)
    {
        using var ingest = stores.Content.BeginIngest();
        await using (var compressed = new GZipStream(new IngestStream(ingest), CompressionLevel.Fastest))
        {
            var tar = new TarWriter(compressed);
            using var upper = DirectoryHandle.Open(snapshot.UpperDir);
            var archiver = new TreeArchiver(tar) { AsLayer = true, Skips = path => skips("/" + path) };
            await archiver.WriteAsync(upper, ".", "", cancellationToken);
            await tar.FinishAsync(cancellationToken);
        }

        return ingest.Commit(lease, expected: null);
    }

    private ImageConfig Configure(ImageConfig parent, ContainerConfig config, Digest diffId, CommitOptions options)
    {
        var now = stores.Time.GetUtcNow();
        var step = new HistoryEntry
        {
            Created = now,
            CreatedBy = options.CreatedBy,
            Author = options.Author.Length == 0 ? null : options.Author,
            Comment = options.Message.Length == 0 ? null : options.Message,
        };
        return parent with
        {
            Created = now,
            Author = step.Author ?? parent.Author,
            Config = config,
            RootFs = new RootFs { DiffIds = [.. parent.RootFs.DiffIds, diffId] },
            History = [.. parent.History ?? [], step],
        };
    }
}
