using System.Collections.Concurrent;
using Orchestrator.Images.Content;
using Orchestrator.Images.Distribution;
using Orchestrator.Images.Library;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Sharing;

/// <summary>What a node may give to other nodes of its cluster: what came from the cluster's registry, no more.</summary>
/// <remarks>Every node of a cluster may pull all of its registry, so none learns here what it might not have there.</remarks>
public sealed class SharedBlobs
{
    /// <summary>Less is not worth the asking.</summary>
    public const long MinBytes = 128 * 1024;

    private readonly ContentStore content;
    private readonly ImageLibrary library;
    private readonly ConcurrentDictionary<Digest, BlobArrival> arriving = new();
    private readonly ConcurrentDictionary<Digest, long> whole = new();

    internal SharedBlobs(ContentStore content, ImageLibrary library) =>
        (this.content, this.library) = (content, library);

    /// <summary>What is on its way in at the moment.</summary>
    public IEnumerable<BlobArrival> Arriving => arriving.Values;

    /// <summary>Opens a blob for another node; null: it is not here, or not to be given.</summary>
    public SharedContent? TryOpen(Digest digest)
    {
        if (arriving.TryGetValue(digest, out var arrival))
        {
            try
            {
                return arrival.OpenRead();
            }
            catch (ObjectDisposedException)
            {
                // It has ended meanwhile, well or not.
            }
        }

        return whole.ContainsKey(digest) ? TryOpenWhole(digest) : null;
    }

    /// <summary>All whole blobs worth giving, with their sizes: also those of images pulled by an earlier process.</summary>
    public async Task<IReadOnlyList<(Digest Digest, long Size)>> ListAsync(CancellationToken cancellationToken)
    {
        var graph = new ContentGraph(content);
        // With a digest a name is as the registry knows it; a tag may have been put on anything.
        var pulled = library.State.Names.Where(n => Reference.Parse(n.Key) is
            { Digest: not null, Domain: IClusterRegistry.Domain }).Select(n => n.Value).Distinct();
        foreach (var id in pulled)
        {
            if (library.State.Images.GetValueOrDefault(id) is not { } entry)
                continue;
            foreach (var blob in await graph.ChildrenAsync(entry.Manifest, cancellationToken))
                Add(blob);
        }

        foreach (var gone in whole.Keys.Where(d => !content.Contains(d)))
            whole.TryRemove(gone, out _);
        return [.. whole.Select(w => (w.Key, w.Value))];
    }

    internal void Begin(BlobArrival arrival) => arriving[arrival.Blob.Digest] = arrival;

    internal void End(BlobArrival arrival, bool isWhole)
    {
        if (isWhole)
            Add(arrival.Blob);
        arriving.TryRemove(arrival.Blob.Digest, out _);
    }

    private void Add(Descriptor blob)
    {
        if (blob.Size >= MinBytes)
            whole[blob.Digest] = blob.Size;
    }

    private SharedContent? TryOpenWhole(Digest digest)
    {
        try
        {
            var file = content.OpenHandle(digest);
            var size = RandomAccess.GetLength(file);
            return new SharedContent(file, size, (_, _) => ValueTask.FromResult(size));
        }
        catch (ImageException)
        {
            whole.TryRemove(digest, out _);
            return null;
        }
    }
}
