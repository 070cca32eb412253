using System.Collections.Immutable;
using Orchestrator.Images.Building;
using Orchestrator.Images.Content;
using Orchestrator.Images.Layers;
using Orchestrator.Images.Library;
using Orchestrator.Images.Sharing;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images;

/// <summary>The stores of a node, and the one way to put a new image into them.</summary>
internal sealed class ImageStores
{
    public required ContentStore Content { get; init; }

    public required LayerStore Layers { get; init; }

    public required Snapshotter Snapshots { get; init; }

    public required ImageLibrary Library { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>What other nodes may have of it.</summary>
    public SharedBlobs Shared => field ??= new SharedBlobs(Content);

    /// <summary>Who keeps layers besides images and containers.</summary>
    public ImmutableArray<ILayerRoots> LayerRoots { get; set; } = [];

    public static async Task<ImageStores> OpenAsync(
        ImageOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.DataRoot);
        var content = ContentStore.Open(Path.Combine(options.DataRoot, "content"));
        var layers = LayerStore.Open(Path.Combine(options.DataRoot, "snapshots"),
            new LayerLimits(options.MaxLayerBytes, options.MaxLayerEntries), content.Leases);
        var library = await ImageLibrary.OpenAsync(
            Path.Combine(options.DataRoot, "images"), content, layers, cancellationToken);
        content.AddRoots("images", library);
        return new ImageStores
        {
            Content = content,
            Layers = layers,
            Snapshots = Snapshotter.Open(layers),
            Library = library,
            Time = time,
        };
    }

    /// <summary>Runs a piece of work under a lease; if it fails, what it brought in is collected at once.</summary>
    public async Task<T> UnderLeaseAsync<T>(Func<ContentLease, Task<T>> work)
    {
        try
        {
            using var lease = Content.Lease();
            return await work(lease);
        }
        catch
        {
            await TryCollectAsync();
            throw;
        }
    }

    private async Task TryCollectAsync()
    {
        try
        {
            await CollectAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // The failure that led here counts; what is left goes with the next collection.
        }
    }

    /// <summary>Unpacks what is still packed of an image, lowest layer first.</summary>
    /// <param name="layers">
    /// The manifest's layers, in the order of the configuration's diff IDs; all in the content store.
    /// </param>
    /// <param name="each">Told of each layer: its number, and bytes done.</param>
    /// <returns>The topmost layer; null for an image without.</returns>
    public async Task<Layer?> UnpackAsync(ContentLease lease, ImageConfig config, IReadOnlyList<Descriptor> layers,
        Func<int, IProgress<long>>? each, CancellationToken cancellationToken)
    {
        Verify(config, layers);
        foreach (var chain in config.RootFs.ChainIds())
            lease.Pin(chain);
        Layer? top = null;
        for (var i = 0; i < layers.Count; i++)
        {
            var blob = layers[i].Digest;
            top = await Layers.UnpackAsync(lease, top, config.RootFs.DiffIds[i],
                () => Content.OpenRead(blob), each?.Invoke(i), cancellationToken);
        }

        return top;
    }

    /// <exception cref="ImageException">Invalid: configuration and layers do not belong together.</exception>
    public static void Verify(ImageConfig config, IReadOnlyCollection<Descriptor> layers)
    {
        if (config.RootFs.DiffIds.Length != layers.Count)
        {
            throw new ImageException(ImageError.Invalid,
                $"the image is damaged: its configuration has {config.RootFs.DiffIds.Length} "
                + $"layers, its manifest {layers.Count}");
        }
    }

    /// <summary>Stores manifest and configuration and puts the image on the list.</summary>
    public async Task<Image> AddAsync(ContentLease lease, ImageConfig config, byte[] configJson,
        IEnumerable<Descriptor> layers, IEnumerable<Reference> names, CancellationToken cancellationToken)
    {
        var configBlob = await Content.IngestAsync(lease, configJson, MediaTypes.OciConfig, cancellationToken);
        var manifest = ImageJson.Write(new Manifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = configBlob,
            Layers = [.. layers],
        });
        var descriptor = await Content.IngestAsync(lease, manifest, MediaTypes.OciManifest, cancellationToken);
        return Library.Add(configBlob.Digest, descriptor, config, names, Time.GetUtcNow());
    }

    /// <summary>The media type of a layer blob by its first bytes.</summary>
    public async Task<Descriptor> DescribeLayerAsync(Digest blob, CancellationToken cancellationToken)
    {
        await using var file = Content.OpenRead(blob);
        var magic = new byte[4];
        await file.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, cancellationToken);
        var type = magic switch
        {
            [0x1f, 0x8b, ..] => MediaTypes.OciLayerGzip,
            [0x28, 0xb5, 0x2f, 0xfd] => MediaTypes.OciLayerZstd,
            _ => MediaTypes.OciLayer,
        };
        return new Descriptor { MediaType = type, Digest = blob, Size = file.Length };
    }

    /// <summary>Deletes layers and blobs that nothing names.</summary>
    public async Task<long> CollectAsync(CancellationToken cancellationToken)
    {
        long layers;
        using (var collection = Content.Leases.BeginCollection())
        {
            layers = Layers.Collect(
                collection,
                [
                    .. Library.Chains(), .. Snapshots.Chains(),
                    .. LayerRoots.SelectMany(roots => roots.Layers()).Select(layer => layer.ChainId),
                ]);
        }

        return layers + await Content.CollectAsync(cancellationToken);
    }
}
