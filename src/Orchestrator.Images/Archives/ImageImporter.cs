using Orchestrator.Images.Library;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Archives;

/// <summary>Makes an image of one layer out of a root file system.</summary>
internal sealed class ImageImporter(ImageStores stores)
{
    public Task<Image> ImportAsync(Stream tar, ImportOptions options, CancellationToken cancellationToken)
    {
        // Faults of the request are found before the disk is filled.
        var name = options.Reference is { } text ? ImageNames.ParseTag(text) : null;
        var config = ConfigChanges.Apply(new ContainerConfig(), options.Changes);
        return stores.UnderLeaseAsync(async lease =>
        {
            using var ingest = stores.Content.BeginIngest();
            await ingest.AppendAsync(tar, long.MaxValue, cancellationToken);
            if (ingest.Length == 0)
                throw new ImageException(
                    ImageError.Invalid, "the archive is empty: import wants the tar of a root file system");
            var blob = ingest.Commit(lease, expected: null);
            var layer = await stores.Layers.UnpackAsync(
                lease, parent: null, expected: null, () => stores.Content.OpenRead(blob), null, cancellationToken);

            var image = Configure(config, layer.DiffId, options);
            var descriptor = await stores.DescribeLayerAsync(blob, cancellationToken);
            return await stores.AddAsync(
                lease, image, ImageJson.Write(image), [descriptor], name is null ? [] : [name], cancellationToken);
        });
    }

    private ImageConfig Configure(ContainerConfig config, Digest diffId, ImportOptions options)
    {
        var (platform, now) = (options.Platform ?? Platform.Host, stores.Time.GetUtcNow());
        return new ImageConfig
        {
            Architecture = platform.Architecture,
            Os = platform.Os,
            Variant = platform.Variant,
            Created = now,
            Config = config,
            RootFs = new RootFs { DiffIds = [diffId] },
            History = [new HistoryEntry { Created = now, Comment = options.Message }],
        };
    }
}
