using System.Collections.Immutable;
using Orchestrator.Images.Archives;
using Orchestrator.Images.Building;
using Orchestrator.Images.Content;
using Orchestrator.Images.Distribution;
using Orchestrator.Images.Layers;
using Orchestrator.Images.Library;
using Orchestrator.Images.Sharing;
using Orchestrator.Images.Trees;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images;

/// <summary>The images of one node: everything the engine does with them.</summary>
/// <remarks>
/// Safe to call from any thread. A failure that the user can understand is an <see cref="ImageException"/> whose
/// message is one line; after any failure, nothing half-made is kept.
/// </remarks>
public sealed class ImageService : IAsyncDisposable
{
    private readonly ImageStores stores;
    private readonly RegistryTransfers transfers;

    private ImageService(ImageStores stores, RegistryTransfers transfers) =>
        (this.stores, this.transfers) = (stores, transfers);

    /// <summary>
    /// Opens the stores below the data root, making them if need be and discarding what a crash left half-made.
    /// </summary>
    /// <param name="cluster">The way to <c>registry.orch:5000</c>; null when the node never joins a cluster.</param>
    public static async Task<ImageService> OpenAsync(
        ImageOptions options, IClusterRegistry? cluster, TimeProvider time, CancellationToken cancellationToken)
    {
        var stores = await ImageStores.OpenAsync(options, time, cancellationToken);
        return new ImageService(stores, new RegistryTransfers(stores, options, cluster));
    }

    /// <summary>The blobs, shared with the registry.</summary>
    public ContentStore Content => stores.Content;

    /// <summary>What other nodes of the cluster may have of them.</summary>
    public SharedBlobs Shared => stores.Shared;

    /// <summary>For whoever makes images step by step.</summary>
    public ImageWorkshop Workshop => field ??= new ImageWorkshop(stores, Tell);

    /// <summary>Images left out because they are damaged on disk, a line each, for the log.</summary>
    public ImmutableArray<string> Warnings => stores.Library.Warnings;

    /// <summary>Raised after each change, on the thread that made it; handlers are quick and do not throw.</summary>
    public event Action<ImageEvent>? Changed;

    /// <summary>Takes up other mirrors, insecure registries and limits of transfers; the data root stays.</summary>
    /// <param name="options">Without faults.</param>
    public void Use(ImageOptions options) => transfers.Use(options);

    /// <summary>All images, newest first.</summary>
    public ImmutableArray<Image> List() => stores.Library.List();

    /// <summary>
    /// Finds an image by name (tag <c>latest</c> assumed), name and digest, id, or unique start of an id.
    /// </summary>
    /// <exception cref="ImageException">Invalid: not a name. NotFound: docker's <c>No such image: …</c>.</exception>
    public Image Find(string name) => stores.Library.Get(ImageFinder.Find(stores.Library.State, name))
        ?? throw new ImageException(ImageError.NotFound, $"No such image: {name}");

    /// <summary>As <see cref="Find"/>; null when there is no such image or the name is malformed.</summary>
    public Image? TryFind(string name)
    {
        try
        {
            return Find(name);
        }
        catch (ImageException)
        {
            return null;
        }
    }

    /// <summary>Makes an image of one layer out of the tar of a root file system, plain or compressed.</summary>
    /// <remarks>Progress ends with the image's id, as docker's does.</remarks>
    public async Task<Image> ImportAsync(
        Stream tar, ImportOptions options, IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        var image = await new ImageImporter(stores).ImportAsync(tar, options, cancellationToken);
        progress?.Report(new ImageProgress(Status: image.Id.ToString()));
        Tell("import", image.Id.ToString(), options.Reference);
        return image;
    }

    /// <summary>Makes an image of a container's image and what the container has changed of it.</summary>
    /// <param name="key">Of its snapshot; nothing should write to that meanwhile.</param>
    /// <param name="parent">The image that the container was made from.</param>
    public async Task<Image> CommitAsync(
        string key, Image parent, CommitOptions options, CancellationToken cancellationToken)
    {
        var snapshot = FindSnapshot(key)
            ?? throw new ImageException(ImageError.NotFound, $"there is no file system of \"{key}\"");
        var image = await new ImageCommitter(stores).CommitAsync(snapshot, parent, options, cancellationToken);
        Tell("create", image.Id.ToString(), options.Reference);
        return image;
    }

    /// <summary>What a container has changed of its image.</summary>
    /// <param name="key">Of its snapshot.</param>
    /// <param name="skips">Absolute paths to leave out, with what is below.</param>
    /// <exception cref="ImageException">NotFound: there is no such snapshot.</exception>
    public IReadOnlyList<PathChange> Changes(string key, Func<string, bool> skips) => SnapshotChanges.Read(
        FindSnapshot(key) ?? throw new ImageException(ImageError.NotFound, $"there is no file system of \"{key}\""),
        skips);

    /// <inheritdoc cref="LoadAsync(Stream, Platform?, IProgress{ImageProgress}?, CancellationToken)"/>
    public Task<ImmutableArray<Image>> LoadAsync(
        Stream archive, IProgress<ImageProgress>? progress, CancellationToken cancellationToken) =>
        LoadAsync(archive, platform: null, progress, cancellationToken);

    /// <summary>Takes in what <c>save</c> wrote, docker's archive or an OCI layout, plain or compressed.</summary>
    /// <param name="platform">Of several, the one to take; null: this machine's, and docker's archives as they are.</param>
    /// <returns>The images it held. Progress says <c>Loaded image: …</c> for each as docker does.</returns>
    public async Task<ImmutableArray<Image>> LoadAsync(Stream archive, Platform? platform,
        IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        var images = await new ImageLoader(stores, platform).LoadAsync(archive, progress, cancellationToken);
        await stores.CollectAsync(cancellationToken); // What the archive had besides: its lists, other platforms.
        foreach (var image in images)
            Tell("load", image.Id.ToString(), image.RepoTags.FirstOrDefault());
        return images;
    }

    /// <summary>Writes images with all their layers as one archive that docker and we can load.</summary>
    /// <param name="names">As for <see cref="Find"/>; a repository without a tag means all its tags.</param>
    /// <param name="output">Written to and not disposed. Nothing is written if a name is unknown.</param>
    public async Task SaveAsync(IReadOnlyList<string> names, Stream output, CancellationToken cancellationToken)
    {
        await new ImageSaver(stores).SaveAsync(names, output, cancellationToken);
        foreach (var name in names)
            Tell("save", TryFind(name)?.Id.ToString() ?? name, name);
    }

    /// <summary>Puts the name <paramref name="target"/> on an image, taking it from the image that had it.</summary>
    public Task TagAsync(string source, string target, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var parsed = ImageNames.Parse(target);
        if (parsed.Digest is not null)
            throw new ImageException(ImageError.Invalid, "refusing to create a tag with a digest reference");
        var (name, id) = (parsed.WithDefaultTag(), default(Digest));
        stores.Library.Change(
            state => state.Named(name, id = ImageFinder.Find(state, source), stores.Time.GetUtcNow()));
        Tell("tag", id.ToString(), name.Familiar);
        return Task.CompletedTask;
    }

    /// <summary>Takes a name away, and the image with its last name, by docker's rules and with its words.</summary>
    /// <returns>What went, in docker's order: names, then the image, then its layers that nothing else has.</returns>
    /// <exception cref="ImageException">
    /// NotFound. Conflict: a container or another image needs it, or it has several names.
    /// </exception>
    public async Task<ImmutableArray<ImageDeletion>> RemoveAsync(
        string name, RemoveOptions options, CancellationToken cancellationToken)
    {
        var (outcome, id, chains) = (default(ImageRemover.Outcome), default(Digest), new List<Digest>());
        stores.Library.Change(state =>
        {
            id = ImageFinder.Find(state, name);
            outcome = ImageRemover.Remove(state, name, id, options);
            chains.AddRange(outcome.Deleted.SelectMany(d => stores.Library.ChainsOf(d).Reverse()));
            return outcome.Next;
        });
        foreach (var untagged in outcome!.Untagged)
            Tell("untag", id.ToString(), untagged.Familiar);
        foreach (var deleted in outcome.Deleted)
            Tell("delete", deleted.ToString(), null);
        if (outcome.Refusal is { } refusal)
            throw new ImageException(ImageError.Conflict, refusal);

        if (!outcome.Deleted.IsEmpty)
            await stores.CollectAsync(cancellationToken);
        return
        [
            .. outcome.Untagged.Select(u => new ImageDeletion(Untagged: u.Familiar)),
            .. outcome.Deleted.Select(d => new ImageDeletion(Deleted: d.ToString())),
            .. chains.Distinct().Where(c => stores.Layers.Find(c) is null).Select(
                c => new ImageDeletion(Deleted: c.ToString())),
        ];
    }

    /// <summary>The steps that made an image, newest first.</summary>
    public ImmutableArray<ImageHistoryLine> History(string name)
    {
        var image = Find(name);
        var sizes = new Queue<long>(image.Config.RootFs.ChainIds().Select(c => stores.Layers.Find(c)?.SizeBytes ?? 0));
        var lines = (image.Config.History ?? []).Select(step => new ImageHistoryLine("<missing>",
            step.Created ?? DateTimeOffset.UnixEpoch, step.CreatedBy ?? "", [],
            !step.EmptyLayer && sizes.TryDequeue(out var size) ? size : 0, step.Comment ?? "")).Reverse().ToList();
        if (lines.Count > 0)
            lines[0] = lines[0] with { Id = image.Id.ToString(), Tags = image.RepoTags };
        return [.. lines];
    }

    /// <summary>Fetches an image from its registry and unpacks it; quick when nothing changed.</summary>
    /// <param name="reference">A name; tag <c>latest</c> is assumed; with a digest exactly that is fetched.</param>
    /// <param name="platform">Null is the host's.</param>
    /// <remarks>
    /// A name without a registry is looked for in the cluster's registry first, then in mirrors and docker.io.
    /// </remarks>
    public async Task<Image> PullAsync(string reference, Platform? platform, RegistryCredentials? credentials,
        IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        var name = ImageNames.Parse(reference).WithDefaultTag();
        var image = await transfers.PullAsync(
            name, platform ?? Platform.Host, credentials, progress, cancellationToken);
        Tell("pull", name.Familiar, name.Familiar);
        return image;
    }

    /// <summary>Fetches every tag of a repository, one after the other.</summary>
    /// <param name="repository">A name without tag and digest.</param>
    public async Task PullAllAsync(string repository, Platform? platform, RegistryCredentials? credentials,
        IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        var name = ImageNames.Parse(repository);
        foreach (var tag in await transfers.TagsAsync(name.WithDefaultTag(), credentials, cancellationToken))
            await PullAsync($"{name.FamiliarName}:{tag}", platform, credentials, progress, cancellationToken);
    }

    /// <summary>Sends every tag that a repository has here.</summary>
    /// <param name="repository">A name without tag and digest.</param>
    /// <exception cref="ImageException">NotFound: it has none.</exception>
    public async Task PushAllAsync(string repository, RegistryCredentials? credentials,
        IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        var name = ImageNames.Parse(repository).FamiliarName;
        var tags = List().SelectMany(image => image.RepoTags)
            .Where(tag => tag.StartsWith(name + ":", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ToList();
        if (tags.Count == 0)
            throw new ImageException(
                ImageError.NotFound, $"An image does not exist locally with the tag: {name}");
        foreach (var tag in tags)
            await PushAsync(tag, credentials, progress, cancellationToken);
    }

    /// <summary>Sends several images under one name, as an index.</summary>
    /// <param name="reference">A name with a tag.</param>
    /// <param name="images">The first is the one that a pull of the name brings.</param>
    public Task PushTogetherAsync(string reference, IReadOnlyList<Image> images, RegistryCredentials? credentials,
        IProgress<ImageProgress>? progress, CancellationToken cancellationToken) => transfers.PushTogetherAsync(
        ImageNames.Parse(reference).WithDefaultTag(), images, credentials, progress, cancellationToken);

    /// <summary>Fetches what was pushed by <see cref="PushTogetherAsync"/>; of any other name its one image.</summary>
    /// <param name="platform">Null is the host's.</param>
    public Task<ImmutableArray<Image>> PullTogetherAsync(string reference, Platform? platform,
        RegistryCredentials? credentials, CancellationToken cancellationToken) => transfers.PullTogetherAsync(
        ImageNames.Parse(reference).WithDefaultTag(), platform ?? Platform.Host, credentials, cancellationToken);

    /// <summary>Measures the layers of all images by what was unpacked of each.</summary>
    public LayerUsage MeasureLayers()
    {
        var images = List();
        var users = images.SelectMany(image => image.Config.RootFs.ChainIds()).CountBy(chain => chain).ToDictionary();
        return new LayerUsage(
            users.Keys.Sum(Bytes),
            images.ToImmutableDictionary(
                image => image.Id,
                image => image.Config.RootFs.ChainIds().Where(chain => users[chain] > 1).Sum(Bytes)));

        long Bytes(Digest chain) => stores.Layers.Find(chain)?.SizeBytes ?? 0;
    }

    /// <summary>Measures what an image has in the content store: manifest, configuration and layers.</summary>
    public async Task<ImageContent> MeasureContentAsync(Image image, CancellationToken cancellationToken)
    {
        var reached = await new ContentGraph(Content).ReachAsync([image.Manifest], cancellationToken);
        var sizes = reached.Select(Content.SizeOf).ToList();
        return new ImageContent(sizes.Sum() ?? 0, !sizes.Contains(null));
    }

    /// <summary>Tries a login at its registry.</summary>
    /// <param name="server">As clients name it: a host, or an address; empty is docker.io.</param>
    /// <exception cref="ImageException">Denied: not accepted. Unavailable: the registry does not answer.</exception>
    public Task LogInAsync(string server, RegistryCredentials credentials, CancellationToken cancellationToken) =>
        transfers.LogInAsync(RegistryNames.Domain(server), credentials, cancellationToken);

    /// <summary>Asks a registry what it has by a word.</summary>
    /// <param name="term">A word, for docker.io, or a registry's host, a slash and a word.</param>
    /// <exception cref="ImageException">NotFound: that registry cannot be searched. Unavailable.</exception>
    public Task<SearchHit[]> SearchAsync(
        string term, int limit, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        var (domain, word) = RegistryNames.SplitSearch(term);
        return transfers.SearchAsync(domain, word, limit, credentials, cancellationToken);
    }

    /// <summary>Sends an image to the registry in its name.</summary>
    /// <param name="reference">A name; without a tag, <c>latest</c>.</param>
    public async Task PushAsync(string reference, RegistryCredentials? credentials,
        IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        var name = ImageNames.Parse(reference).WithDefaultTag();
        await transfers.PushAsync(name, credentials, progress, cancellationToken);
        Tell("push", name.Familiar, name.Familiar);
    }

    /// <summary>
    /// Asks the registry what a name stands for now, fetching no layer: how a service's image gets its digest.
    /// </summary>
    public Task<ResolvedImage> ResolveAsync(
        string reference, RegistryCredentials? credentials, CancellationToken cancellationToken) =>
        transfers.ResolveAsync(ImageNames.Parse(reference).WithDefaultTag(), credentials, cancellationToken);

    /// <summary>
    /// Unpacks the image's layers where that is still to be done, and makes a writable snapshot over them.
    /// </summary>
    /// <param name="key">
    /// The container's id. A second call with the same key and image returns the same snapshot.
    /// </param>
    public Task<Snapshot> PrepareAsync(string key, Image image, CancellationToken cancellationToken) =>
        stores.UnderLeaseAsync(async lease =>
        {
            var chains = image.Config.RootFs.ChainIds();
            foreach (var chain in chains)
                lease.Pin(chain);
            if (chains.Any(c => stores.Layers.Find(c) is null))
            {
                // Unpacked when it came, so only a crash or a damaged disk leads here.
                var manifest = ImageJson.ReadManifest(
                    await Content.ReadAsync(image.Manifest.Digest, cancellationToken));
                await stores.UnpackAsync(lease, image.Config, manifest.Layers ?? [], null, cancellationToken);
            }

            return await stores.Snapshots.PrepareAsync(key, chains.Count == 0 ? null : chains[^1], cancellationToken);
        });

    /// <summary>
    /// The snapshot prepared under <paramref name="key"/>, also by an earlier process; null when there is none.
    /// </summary>
    public Snapshot? FindSnapshot(string key) => stores.Snapshots.Find(key);

    /// <summary>Deletes a snapshot and all it holds; it must no longer be mounted. Unknown keys are fine.</summary>
    public Task RemoveSnapshotAsync(string key, CancellationToken cancellationToken) =>
        stores.Snapshots.RemoveAsync(key, cancellationToken);

    /// <summary>Deletes blobs and layers that nothing names any more.</summary>
    /// <returns>Bytes given back.</returns>
    public Task<long> CollectGarbageAsync(CancellationToken cancellationToken) =>
        stores.CollectAsync(cancellationToken);

    /// <summary>Reads every blob and looks for all that is named.</summary>
    /// <param name="repair">Delete what is damaged, so that it can be fetched again.</param>
    public Task<Checking.StoreReport> CheckAsync(bool repair, CancellationToken cancellationToken) =>
        new Checking.StoreChecker(stores).RunAsync(repair, cancellationToken);

    public ValueTask DisposeAsync()
    {
        transfers.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Tell(string action, string id, string? name) => Changed?.Invoke(new ImageEvent(action, id, name));
}
