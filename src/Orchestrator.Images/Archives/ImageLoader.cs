using System.Collections.Immutable;
using Orchestrator.Images.Content;
using Orchestrator.Images.Layers;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Archives;

/// <summary>Takes in image archives: docker's, and OCI layouts.</summary>
/// <param name="platform">Of several, the one to take; null: this machine's, and docker's archives as they are.</param>
internal sealed class ImageLoader(ImageStores stores, Platform? platform)
{
    private const string ContainerdName = "io.containerd.image.name";
    private const string OciName = "org.opencontainers.image.ref.name";
    private const int MaxIndexDepth = 3;

    private Platform Wanted => platform ?? Platform.Host;

    public Task<ImmutableArray<Image>> LoadAsync(
        Stream archive, IProgress<ImageProgress>? progress, CancellationToken cancellationToken) =>
        stores.UnderLeaseAsync<ImmutableArray<Image>>(async lease =>
        {
            var files = await ArchiveFiles.ReadAsync(stores.Content, lease, archive, cancellationToken);
            // Newer dockers write both; only manifest.json has all names.
            var loaded = files.Find("manifest.json") is { } list
                ? await LoadDockerAsync(lease, files, list, cancellationToken)
                : files.Find("index.json") is { } index
                    ? await LoadOciAsync(lease, files, index, cancellationToken)
                    : throw new ImageException(ImageError.Invalid,
                        "the archive has neither manifest.json nor index.json, so it holds no image: " +
                        "to make an image out of a root file system, use \"orch import\"");
            Report(loaded, progress);
            return [.. loaded.Select(l => l.Image)];
        });

    private sealed record Loaded(Image Image, IReadOnlyList<Reference> Names);

    private static void Report(IEnumerable<Loaded> loaded, IProgress<ImageProgress>? progress)
    {
        foreach (var (image, names) in loaded)
        {
            foreach (var name in names)
                progress?.Report(new ImageProgress(Stream: $"Loaded image: {name.Familiar}\n"));
            if (names.Count == 0)
                progress?.Report(new ImageProgress(Stream: $"Loaded image ID: {image.Id}\n"));
        }
    }

    private async Task<List<Loaded>> LoadDockerAsync(
        ContentLease lease, ArchiveFiles files, Digest list, CancellationToken cancellationToken)
    {
        var items = ArchiveJson.ReadItems(await stores.Content.ReadAsync(list, cancellationToken));
        if (items.Length == 0)
            throw new ImageException(ImageError.Invalid, "the archive's manifest.json names no image");
        var loaded = new List<Loaded>();
        foreach (var item in items)
        {
            var names = (item.RepoTags ?? []).Select(ParseName).ToList();
            var json = await stores.Content.ReadAsync(files.Require(item.Config), cancellationToken);
            var layers = new List<Descriptor>();
            foreach (var layer in item.Layers ?? [])
                layers.Add(await stores.DescribeLayerAsync(files.Require(layer), cancellationToken));

            var config = Guarded(ImageJson.ReadConfig, json);
            if (platform?.Accepts(config.Platform) == false)
                throw new ImageException(
                    ImageError.Invalid, $"the archive has no image for {platform}: it holds one of {config.Platform}");
            await stores.UnpackAsync(lease, config, layers, null, cancellationToken);
            loaded.Add(new Loaded(await stores.AddAsync(lease, config, json, layers, names, cancellationToken), names));
        }

        return loaded;
    }

    private async Task<List<Loaded>> LoadOciAsync(
        ContentLease lease, ArchiveFiles files, Digest index, CancellationToken cancellationToken)
    {
        var top = Guarded(ImageJson.ReadIndex, await stores.Content.ReadAsync(index, cancellationToken));
        var loaded = new List<Loaded>();
        foreach (var entry in top.Manifests ?? [])
        {
            var names = NamesOf(entry).ToList();
            if (await ChooseAsync(files, entry, depth: 0, cancellationToken) is { } manifest)
                loaded.Add(
                    new Loaded(await LoadManifestAsync(lease, files, manifest, names, cancellationToken), names));
        }

        return loaded.Count > 0 ? loaded : throw new ImageException(ImageError.Invalid,
            $"the archive has no image for {Wanted}");
    }

    private async Task<Descriptor?> ChooseAsync(
        ArchiveFiles files, Descriptor entry, int depth, CancellationToken cancellationToken)
    {
        if (MediaTypes.IsManifest(entry.MediaType))
            return entry.Platform is null || Wanted.Accepts(entry.Platform) ? entry : null;
        if (!MediaTypes.IsIndex(entry.MediaType) || depth > MaxIndexDepth || !files.Has(entry.Digest))
            return null;
        var index = Guarded(ImageJson.ReadIndex, await stores.Content.ReadAsync(entry.Digest, cancellationToken));
        return index.Choose(Wanted) is { } chosen
            ? await ChooseAsync(files, chosen, depth + 1, cancellationToken) : null;
    }

    private async Task<Image> LoadManifestAsync(ContentLease lease, ArchiveFiles files, Descriptor descriptor,
        IReadOnlyList<Reference> names, CancellationToken cancellationToken)
    {
        Require(lease, descriptor);
        var manifest = Guarded(
            ImageJson.ReadManifest, await stores.Content.ReadAsync(descriptor.Digest, cancellationToken));
        var layers = manifest.Layers ?? [];
        if (manifest.Config is not { } configBlob || !MediaTypes.IsImageConfig(configBlob.MediaType))
            throw new ImageException(
                ImageError.Invalid, $"the archive holds {descriptor.Digest}, which is no container image");
        foreach (var blob in layers.Append(configBlob))
            Require(lease, blob);

        var config = Guarded(
            ImageJson.ReadConfig, await stores.Content.ReadAsync(configBlob.Digest, cancellationToken));
        await stores.UnpackAsync(lease, config, layers, null, cancellationToken);
        var plain = new Descriptor
        {
            MediaType = descriptor.MediaType,
            Digest = descriptor.Digest,
            Size = descriptor.Size,
        };
        return stores.Library.Add(configBlob.Digest, plain, config, names, stores.Time.GetUtcNow());
    }

    private static void Require(ContentLease lease, Descriptor blob)
    {
        if (!lease.Pin(blob.Digest))
            throw new ImageException(
                ImageError.Invalid, $"the image archive is incomplete: blob {blob.Digest} is not in it");
    }

    private static IEnumerable<Reference> NamesOf(Descriptor entry)
    {
        var text = entry.Annotations?.GetValueOrDefault(ContainerdName)
            ?? entry.Annotations?.GetValueOrDefault(OciName);
        // The OCI annotation is often a bare tag, which names nothing without its repository.
        return Reference.TryParse(text, out var name) && text.AsSpan().IndexOfAny('/', ':') >= 0 && name.Digest is null
            ? [name.WithDefaultTag()] : [];
    }

    private static Reference ParseName(string text) => Reference.TryParse(text, out var name) && name.Digest is null
        ? name.WithDefaultTag()
        : throw new ImageException(ImageError.Invalid,
            $"the archive names an image \"{LayerPath.Shown(text)}\": invalid reference format");

    private delegate T Reader<out T>(ReadOnlySpan<byte> json);

    private static T Guarded<T>(Reader<T> read, byte[] json)
    {
        try
        {
            return read(json);
        }
        catch (FormatException error)
        {
            throw new ImageException(ImageError.Invalid, $"cannot load the archive: {error.Message}", error);
        }
    }
}
