using Orchestrator.Images.Content;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Distribution;

/// <summary>Sends one image to a registry: blobs side by side, the manifest last.</summary>
internal sealed class ImagePusher(
    ImageStores stores, RegistryClient client, TransferRetry retry, ImageOptions options,
    IProgress<ImageProgress>? progress)
{
    public async Task PushAsync(Reference name, CancellationToken cancellationToken)
    {
        using var lease = stores.Content.Lease();
        var image = Library.ImageFinder.FindNamed(stores.Library.State, name) is { } id ? stores.Library.Get(id) : null;
        if (image is null)
        {
            throw new ImageException(ImageError.NotFound,
                "An image does not exist locally with the tag: "
                + $"{name.FamiliarName}{(name.Tag is null ? "" : ":" + name.Tag)}");
        }

        progress?.Report(new ImageProgress($"The push refers to repository [{name.Name}]"));
        var tag = name.Tag ?? image.Manifest.Digest.ToString();
        await SendAsync(lease, name, image, tag, cancellationToken);
        Remember(name, image);
        Finished(tag, image.Manifest);
    }

    /// <summary>Sends several images as one index that bears the name.</summary>
    /// <param name="annotations">Of the index.</param>
    public async Task PushTogetherAsync(Reference name, IReadOnlyList<Image> images,
        Dictionary<string, string> annotations, CancellationToken cancellationToken)
    {
        using var lease = stores.Content.Lease();
        progress?.Report(new ImageProgress($"The push refers to repository [{name.Name}]"));
        foreach (var image in images)
            await SendAsync(lease, name, image, image.Manifest.Digest.ToString(), cancellationToken);
        var json = ImageJson.Write(new ImageIndex
        {
            MediaType = MediaTypes.OciIndex,
            Manifests = [.. images.Select(image => image.Manifest with { Platform = image.Config.Platform })],
            Annotations = annotations,
        });
        var index = Descriptor.Of(json, MediaTypes.OciIndex);
        await PutAsync(name.Tag!, index, json, cancellationToken);
        Finished(name.Tag!, index);
    }

    /// <summary>All that the manifest names, then the manifest under <paramref name="tag"/>, or its digest.</summary>
    private async Task SendAsync(
        ContentLease lease, Reference name, Image image, string tag, CancellationToken cancellationToken)
    {
        var json = await stores.Content.ReadAsync(image.Manifest.Digest, cancellationToken);
        var manifest = ImageJson.ReadManifest(json);
        var blobs = (manifest.Layers ?? []).Append(manifest.Config!).DistinctBy(b => b.Digest).ToList();
        foreach (var blob in blobs.Append(image.Manifest))
        {
            if (!lease.Pin(blob.Digest))
                throw new ImageException(
                    ImageError.Damaged,
                    $"blob {blob.Digest} of {name.Familiar} is missing: load or pull the image again");
        }

        foreach (var blob in blobs)
            progress?.Report(new ImageProgress("Preparing", blob.Digest.ShortHex));
        await Parallel.ForEachAsync(
            blobs,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = options.ConcurrentUploads, CancellationToken = cancellationToken,
            },
            async (blob, token) => await UploadAsync(name, blob, token));
        await PutAsync(tag, image.Manifest, json, cancellationToken);
    }

    private Task<bool> PutAsync(string tag, Descriptor manifest, byte[] json, CancellationToken cancellationToken) =>
        retry.RunAsync(async token =>
        {
            await client.PutManifestAsync(tag, manifest, json, token);
            return true;
        }, null, null, cancellationToken);

    private void Finished(string tag, Descriptor manifest)
    {
        progress?.Report(new ImageProgress($"{tag}: digest: {manifest.Digest} size: {manifest.Size}"));
        progress?.Report(new ImageProgress(Pushed: new PushedImage(tag, manifest.Digest.ToString(), manifest.Size)));
    }

    private async Task UploadAsync(Reference name, Descriptor blob, CancellationToken cancellationToken)
    {
        var (id, ticks) = (blob.Digest.ShortHex, new ProgressPacer(stores.Time));
        var from = MountSource(name, blob.Digest);
        var upload = new BlobUpload(stores.Content, client, retry, options.UploadChunkBytes, blob);
        var outcome = await upload.RunAsync(
            from,
            done => ticks.Report(progress, new ImageProgress("Pushing", id, done, blob.Size), done == blob.Size),
            seconds => progress?.Report(new ImageProgress($"Retrying in {seconds} seconds", id)), cancellationToken);
        progress?.Report(new ImageProgress(outcome switch
        {
            UploadOutcome.Present => "Layer already exists",
            UploadOutcome.Mounted => $"Mounted from {from}",
            _ => "Pushed",
        }, id));
    }

    /// <summary>Another repository of the same registry that, as far as we know, has the blob.</summary>
    private string? MountSource(Reference name, Digest blob)
    {
        var state = stores.Library.State;
        return state.Names.Select(n => (Name: Reference.Parse(n.Key), Id: n.Value))
            .Where(n => n.Name.Digest is not null && n.Name.Domain == name.Domain && n.Name.Path != name.Path)
            .Where(n => Has(state.Images[n.Id].Manifest, blob)).Select(n => n.Name.Path).Order(StringComparer.Ordinal)
            .FirstOrDefault();
    }

    private bool Has(Descriptor manifest, Digest blob)
    {
        try
        {
            using var file = stores.Content.OpenRead(manifest.Digest);
            var json = new byte[file.Length];
            file.ReadExactly(json);
            return ContentGraph.Children(manifest.MediaType, json).Any(c => c.Digest == blob);
        }
        catch (Exception error) when (error is ImageException or FormatException)
        {
            return false; // It only saves an upload.
        }
    }

    private void Remember(Reference name, Image image) => stores.Library.Change(state =>
        state.Images.ContainsKey(image.Id)
            ? state.Named(name.WithDigest(image.Manifest.Digest), image.Id, stores.Time.GetUtcNow()) : state);
}
