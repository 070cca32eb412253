using System.Collections.Immutable;
using Orchestrator.Images.Content;
using Orchestrator.Images.Distribution;
using Orchestrator.Images.Layers;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images;

/// <summary>The images of one node: everything the engine does with them.</summary>
/// <remarks>
/// Safe to call from any thread. A failure that the user can understand is an <see cref="ImageException"/> whose
/// message is one line; after any failure, nothing half-made is kept.
/// </remarks>
public sealed class ImageService : IAsyncDisposable
{
    /// <summary>Opens the stores below the data root, making them if need be and discarding what a crash left half-made.</summary>
    /// <param name="cluster">The way to <c>registry.orch:5000</c>; null when the node never joins a cluster.</param>
    public static Task<ImageService> OpenAsync(
        ImageOptions options, IClusterRegistry? cluster, TimeProvider time, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>The blobs, shared with the registry.</summary>
    public ContentStore Content => throw new NotImplementedException();

    /// <summary>Raised after each change, on the thread that made it; handlers are quick and do not throw.</summary>
#pragma warning disable CS0067
    public event Action<ImageEvent>? Changed;
#pragma warning restore CS0067

    /// <summary>All images, newest first.</summary>
    public ImmutableArray<Image> List() => throw new NotImplementedException();

    /// <summary>Finds an image by name (tag <c>latest</c> assumed), name and digest, id, or unique start of an id.</summary>
    /// <exception cref="ImageException">Invalid: not a name. NotFound: docker's <c>No such image: …</c>.</exception>
    public Image Find(string name) => throw new NotImplementedException();

    /// <summary>As <see cref="Find"/>; null when there is no such image or the name is malformed.</summary>
    public Image? TryFind(string name) => throw new NotImplementedException();

    /// <summary>Makes an image of one layer out of the tar of a root file system, plain or compressed.</summary>
    public Task<Image> ImportAsync(
        Stream tar, ImportOptions options, IProgress<ImageProgress>? progress, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Takes in what <c>save</c> wrote, docker's archive or an OCI layout, plain or compressed.</summary>
    /// <returns>The images it held. Progress says <c>Loaded image: …</c> for each as docker does.</returns>
    public Task<ImmutableArray<Image>> LoadAsync(
        Stream archive, IProgress<ImageProgress>? progress, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Writes images with all their layers as one archive that docker and we can load.</summary>
    /// <param name="names">As for <see cref="Find"/>; a repository without a tag means all its tags.</param>
    /// <param name="output">Written to and not disposed. Nothing is written if a name is unknown.</param>
    public Task SaveAsync(IReadOnlyList<string> names, Stream output, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Puts the name <paramref name="target"/> on an image, taking it from the image that had it.</summary>
    public Task TagAsync(string source, string target, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Takes a name away, and the image with its last name, by docker's rules and with its words.</summary>
    public Task<ImmutableArray<ImageDeletion>> RemoveAsync(
        string name, RemoveOptions options, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The steps that made an image, newest first.</summary>
    public ImmutableArray<ImageHistoryLine> History(string name) => throw new NotImplementedException();

    /// <summary>Fetches an image from its registry and unpacks it; quick when nothing changed.</summary>
    /// <param name="reference">A name; tag <c>latest</c> is assumed; with a digest exactly that is fetched.</param>
    /// <param name="platform">Null is the host's.</param>
    /// <remarks>A name without a registry is looked for in the cluster's registry first, then in mirrors and docker.io.</remarks>
    public Task<Image> PullAsync(string reference, Platform? platform, RegistryCredentials? credentials,
        IProgress<ImageProgress>? progress, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Sends an image to the registry in its name.</summary>
    /// <param name="reference">A name; without a tag, <c>latest</c>.</param>
    public Task PushAsync(string reference, RegistryCredentials? credentials,
        IProgress<ImageProgress>? progress, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Asks the registry what a name stands for now, fetching no layer: how a service's image gets its digest.</summary>
    public Task<ResolvedImage> ResolveAsync(string reference, RegistryCredentials? credentials,
        CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Unpacks the image's layers where that is still to be done, and makes a writable snapshot over them.</summary>
    /// <param name="key">The container's id. A second call with the same key and image returns the same snapshot.</param>
    public Task<Snapshot> PrepareAsync(string key, Image image, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>The snapshot prepared under <paramref name="key"/>, also by an earlier process; null when there is none.</summary>
    public Snapshot? FindSnapshot(string key) => throw new NotImplementedException();

    /// <summary>Deletes a snapshot and all it holds; it must no longer be mounted. Unknown keys are fine.</summary>
    public Task RemoveSnapshotAsync(string key, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Deletes blobs and layers that nothing names any more.</summary>
    /// <returns>Bytes given back.</returns>
    public Task<long> CollectGarbageAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
