using Orchestrator.Images.Content;
using Orchestrator.Images.Layers;
using Orchestrator.Images.Sharing;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Distribution;

/// <summary>Brings one image from a registry: layers side by side, unpacked in order as they come.</summary>
internal sealed class ImagePuller(
    ImageStores stores, RegistryClient client, TransferRetry retry, PeerSharing? sharing, int concurrency,
    IProgress<ImageProgress>? progress)
{
    private const int MaxIndexDepth = 3;
    private const int MaxLayers = 500; // Overlayfs stacks no more.

    /// <param name="asked">The name that the image gets here; its registry may be another than the client's.</param>
    public async Task<Image> PullAsync(
        ContentLease lease, Reference asked, Descriptor top, byte[] topJson, Platform platform,
        CancellationToken cancellationToken)
    {
        var (descriptor, json) = await ChooseAsync(lease, asked, top, topJson, platform, cancellationToken);
        var manifest = Guarded(asked, () => ImageJson.ReadManifest(json));
        if (manifest.Config is not { } configBlob || !MediaTypes.IsImageConfig(configBlob.MediaType))
            throw new ImageException(
                ImageError.Invalid,
                $"{asked.Familiar} is no container image, but {manifest.Config?.MediaType ?? "has no configuration"}");
        var layers = manifest.Layers ?? [];
        if (layers.Length > MaxLayers)
            throw new ImageException(
                ImageError.Invalid, $"{asked.Familiar} has {layers.Length} layers, {MaxLayers} at most can be stacked");

        await new BlobDownload(stores.Content, client, retry).RunAsync(
            lease, configBlob, null, null, cancellationToken);
        var configJson = await stores.Content.ReadAsync(configBlob.Digest, cancellationToken);
        var config = Guarded(asked, () => ImageJson.ReadConfig(configJson));
        ImageStores.Verify(config, layers);
        await FetchAsync(lease, config, layers, cancellationToken);

        await stores.Content.IngestAsync(lease, json, descriptor, cancellationToken);
        var names = asked.Digest is { } digest
            ? new[] { asked.WithDigest(digest) }
            : [asked, asked.WithDigest(top.Digest)];
        return stores.Library.Add(configBlob.Digest, descriptor, config, names, stores.Time.GetUtcNow());
    }

    /// <summary>From an index to the manifest for the platform.</summary>
    private async Task<(Descriptor Descriptor, byte[] Json)> ChooseAsync(ContentLease lease, Reference asked,
        Descriptor descriptor, byte[] json, Platform platform, CancellationToken cancellationToken)
    {
        for (var depth = 0; MediaTypes.IsIndex(descriptor.MediaType); depth++)
        {
            var index = Guarded(asked, () => ImageJson.ReadIndex(json));
            if (depth > MaxIndexDepth || index.Choose(platform) is not { } chosen)
            {
                throw new ImageException(ImageError.NotFound,
                    $"no matching manifest for {platform} in the manifest list entries of {asked.Familiar}");
            }

            (descriptor, json) = await client.GetManifestAsync(
                client.Repository.WithDigest(chosen.Digest), cancellationToken);
        }

        lease.Pin(descriptor.Digest);
        return (descriptor, json);
    }

    private async Task FetchAsync(
        ContentLease lease, ImageConfig config, Descriptor[] layers, CancellationToken cancellationToken)
    {
        var chains = config.RootFs.ChainIds();
        foreach (var chain in chains)
            lease.Pin(chain);
        foreach (var layer in layers)
            progress?.Report(new ImageProgress("Pulling fs layer", layer.Digest.ShortHex));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var slots = new SemaphoreSlim(concurrency);
        var downloads = layers.Select(l => DownloadAsync(lease, l, slots, stop.Token)).ToArray();
        try
        {
            Layer? below = null;
            for (var i = 0; i < layers.Length; i++)
            {
                var fetched = await FirstFaultAsync(downloads, downloads[i]);
                below = await UnpackAsync(
                    lease, below, config.RootFs.DiffIds[i], chains[i], layers[i], fetched, cancellationToken);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll((IEnumerable<Task>)downloads).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Awaits one download, but fails as soon as any does.</summary>
    private static async Task<bool> FirstFaultAsync(Task<bool>[] all, Task<bool> wanted)
    {
        while (!wanted.IsCompleted)
        {
            if (all.FirstOrDefault(d => d.IsFaulted) is { } failed)
                return await failed;
            // With the wanted one in any case: all may have come to their end since it was looked at.
            await Task.WhenAny(all.Where(d => !d.IsCompleted).Append(wanted));
        }

        return await wanted;
    }

    private async Task<bool> DownloadAsync(
        ContentLease lease, Descriptor layer, SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        var id = layer.Digest.ShortHex;
        if (!slots.Wait(0, cancellationToken))
        {
            progress?.Report(new ImageProgress("Waiting", id));
            await slots.WaitAsync(cancellationToken);
        }

        try
        {
            var ticks = new ProgressPacer(stores.Time);
            return await new BlobDownload(stores.Content, client, retry, sharing).RunAsync(lease, layer,
                done =>
                    ticks.Report(progress, new ImageProgress("Downloading", id, done, layer.Size), done == layer.Size),
                seconds => progress?.Report(new ImageProgress($"Retrying in {seconds} seconds", id)),
                cancellationToken);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<Layer> UnpackAsync(
        ContentLease lease, Layer? below, Digest diffId, Digest chain, Descriptor blob, bool fetched,
        CancellationToken cancellationToken)
    {
        var id = blob.Digest.ShortHex;
        if (!fetched && stores.Layers.Find(chain) is { } existing)
        {
            progress?.Report(new ImageProgress("Already exists", id));
            return existing;
        }

        progress?.Report(new ImageProgress("Download complete", id));
        var ticks = new ProgressPacer(stores.Time);
        var layer = await stores.Layers.UnpackAsync(lease, below, diffId, () => stores.Content.OpenRead(blob.Digest),
            new Meter(
                done => ticks.Report(
                progress, new ImageProgress("Extracting", id, done, blob.Size), done == blob.Size)), cancellationToken);
        progress?.Report(new ImageProgress("Pull complete", id));
        return layer;
    }

    private sealed class Meter(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }

    private static T Guarded<T>(Reference asked, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException error)
        {
            throw new ImageException(ImageError.Damaged, $"cannot pull {asked.Familiar}: {error.Message}", error);
        }
    }
}
