using System.Collections.Immutable;
using Orchestrator.Images.Content;
using Orchestrator.Images.Layers;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Building;

/// <summary>What a builder needs of a node's stores: layers made one by one, and an image of them in the end.</summary>
/// <remarks>All of a build is under one lease; what is made stays at least as long as that.</remarks>
public sealed class ImageWorkshop
{
    private readonly ImageStores stores;
    private readonly Action<string, string, string?> tell;

    internal ImageWorkshop(ImageStores stores, Action<string, string, string?> tell) =>
        (this.stores, this.tell) = (stores, tell);

    public ContentLease Lease() => stores.Content.Lease();

    /// <summary>Adds somebody who keeps layers beyond the build that made them.</summary>
    /// <param name="owner">As for <see cref="ContentStore.AddRoots"/>.</param>
    public void AddRoots(string owner, ILayerRoots roots)
    {
        stores.LayerRoots = stores.LayerRoots.Add(roots);
        stores.Content.AddRoots(owner, new BlobsOf(roots));
    }

    /// <summary>The layers of an image, lowest first, unpacked and protected.</summary>
    /// <exception cref="ImageException">Damaged: a blob of it is gone.</exception>
    public async Task<ImmutableArray<MadeLayer>> LayersOfAsync(
        ContentLease lease, Image image, CancellationToken cancellationToken)
    {
        lease.Pin(image.Manifest.Digest);
        var manifest = ImageJson.ReadManifest(
            await stores.Content.ReadAsync(image.Manifest.Digest, cancellationToken));
        var blobs = manifest.Layers ?? [];
        foreach (var blob in blobs)
            lease.Pin(blob.Digest);
        await stores.UnpackAsync(lease, image.Config, blobs, null, cancellationToken);
        var chains = image.Config.RootFs.ChainIds();
        return
        [
            .. blobs.Select((blob, i) => new MadeLayer(
                chains[i], image.Config.RootFs.DiffIds[i], blob, stores.Layers.Find(chains[i])?.SizeBytes ?? 0)),
        ];
    }

    /// <summary>A writable snapshot over layers.</summary>
    /// <param name="chain">The topmost of them; null for none.</param>
    public Task<Snapshot> PrepareAsync(string key, Digest? chain, CancellationToken cancellationToken) =>
        stores.Snapshots.PrepareAsync(key, chain, cancellationToken);

    /// <summary>As <see cref="ImageService.RemoveSnapshotAsync"/>.</summary>
    public Task RemoveAsync(string key) => stores.Snapshots.RemoveAsync(key, CancellationToken.None);

    /// <summary>Snapshots whose keys begin so; after a crash, those of builds that are no more.</summary>
    public IReadOnlyList<string> Keys(string prefix) =>
        [.. stores.Snapshots.Keys().Where(key => key.StartsWith(prefix, StringComparison.Ordinal))];

    /// <summary>The folders to stack for a layer and all below it, top first.</summary>
    public ImmutableArray<string> Folders(Digest? chain) => stores.Layers.Folders(chain);

    /// <summary>Makes a layer of what has been written to a snapshot.</summary>
    /// <param name="below">What the snapshot stands on.</param>
    /// <returns>Null: nothing was changed.</returns>
    public Task<MadeLayer?> CommitAsync(ContentLease lease, Snapshot snapshot, Digest? below, LayerWriting writing,
        CancellationToken cancellationToken) =>
        new SnapshotLayer(stores).CommitAsync(lease, snapshot, below, writing, cancellationToken);

    /// <summary>Protects a layer that was made earlier.</summary>
    /// <returns>False: its blob, or the layer unpacked, is there no more.</returns>
    public bool Pin(ContentLease lease, MadeLayer layer)
    {
        lease.Pin(layer.ChainId);
        return lease.Pin(layer.Blob.Digest) && stores.Layers.Find(layer.ChainId) is not null;
    }

    /// <summary>The tar of a layer, plain or compressed.</summary>
    /// <exception cref="ImageException">NotFound: nobody protected it.</exception>
    public Stream OpenRead(MadeLayer layer) => stores.Content.OpenRead(layer.Blob.Digest);

    /// <summary>Puts a layer that was made over others on these.</summary>
    public async Task<MadeLayer> StackAsync(
        ContentLease lease, MadeLayer layer, Digest? below, CancellationToken cancellationToken)
    {
        var parent = below is { } chain ? stores.Layers.Find(chain) : null;
        var stacked = await stores.Layers.UnpackAsync(
            lease, parent, layer.DiffId, () => stores.Content.OpenRead(layer.Blob.Digest), null, cancellationToken);
        return layer with { ChainId = stacked.ChainId, SizeBytes = stacked.SizeBytes };
    }

    /// <summary>Stores an image of layers that the lease protects.</summary>
    /// <param name="names">Tags to put on it, <c>latest</c> where one has none.</param>
    public async Task<Image> AddAsync(ContentLease lease, ImageConfig config, IEnumerable<MadeLayer> layers,
        IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var parsed = names.Select(ImageNames.ParseTag).ToList();
        var image = await stores.AddAsync(
            lease, config, ImageJson.Write(config), layers.Select(layer => layer.Blob), parsed, cancellationToken);
        foreach (var name in parsed)
            tell("tag", image.Id.ToString(), name.Familiar);
        return image;
    }

    /// <summary>Takes a name off an image, which stays.</summary>
    public void Untag(string name)
    {
        var parsed = ImageNames.ParseTag(name);
        stores.Library.Change(state => state.Unnamed([parsed]));
    }

    /// <summary>Deletes what nothing names any more.</summary>
    public Task<long> CollectAsync(CancellationToken cancellationToken) => stores.CollectAsync(cancellationToken);

    private sealed class BlobsOf(ILayerRoots roots) : IContentRoots
    {
        public IEnumerable<Descriptor> Roots() => roots.Layers().Select(layer => layer.Blob);
    }
}
