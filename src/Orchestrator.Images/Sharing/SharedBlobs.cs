using System.Collections.Concurrent;
using System.Globalization;
using Orchestrator.Images.Content;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Sharing;

/// <summary>
/// What a node may give to other nodes of its cluster: what came from the cluster's registry, no more.
/// </summary>
/// <remarks>
/// Every node of a cluster may pull all of its registry, so none learns here what it might not have there.
/// </remarks>
public sealed class SharedBlobs
{
    /// <summary>Less is not worth the asking.</summary>
    public const long MinBytes = 128 * 1024;

    private readonly ContentStore content;
    private readonly ConcurrentDictionary<Digest, BlobArrival> arriving = new();
    private readonly ConcurrentDictionary<Digest, long> whole = new();
    private readonly Lock writing = new();
    private string? list;

    internal SharedBlobs(ContentStore content) => this.content = content;

    /// <summary>What is on its way in at the moment.</summary>
    public IEnumerable<BlobArrival> Arriving => arriving.Values;

    /// <summary>Takes up what was shared in a membership; null: the membership is over, and nothing is shared.</summary>
    /// <param name="path">
    /// Lists it, a line a blob, and lies where leaving the cluster deletes it: what came from one cluster's registry
    /// is not given to the next.
    /// </param>
    public void Use(string? path)
    {
        lock (writing)
        {
            whole.Clear();
            list = path;
            foreach (var line in path is not null && File.Exists(path) ? File.ReadAllLines(path) : [])
            {
                if (line.Split(' ') is [var name, var bytes] && Digest.TryParse(name, out var digest)
                    && long.TryParse(bytes, CultureInfo.InvariantCulture, out var size) && content.Contains(digest))
                    whole[digest] = size;
            }

            Write(() => File.WriteAllLines(list!, whole.Select(LineOf)));
        }
    }

    /// <summary>All whole blobs that are given, with their sizes.</summary>
    public IReadOnlyList<(Digest Digest, long Size)> List()
    {
        foreach (var gone in whole.Keys.Where(d => !content.Contains(d)))
            whole.TryRemove(gone, out _);
        return [.. whole.Select(w => (w.Key, w.Value))];
    }

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

    internal void Begin(BlobArrival arrival) => arriving[arrival.Blob.Digest] = arrival;

    internal void End(BlobArrival arrival, bool isWhole)
    {
        if (isWhole)
            Add(arrival.Blob);
        arriving.TryRemove(arrival.Blob.Digest, out _);
    }

    private void Add(Descriptor blob)
    {
        lock (writing)
        {
            if (list is not null && whole.TryAdd(blob.Digest, blob.Size))
                Write(() => File.AppendAllLines(list, [LineOf(new(blob.Digest, blob.Size))]));
        }
    }

    /// <summary>What is not on the list after a crash costs somebody a copy from the registry, no more.</summary>
    private void Write(Action write)
    {
        try
        {
            if (list is not null)
                write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A full disk, or a membership that is being left.
        }
    }

    private static string LineOf(KeyValuePair<Digest, long> blob) =>
        string.Create(CultureInfo.InvariantCulture, $"{blob.Key} {blob.Value}");

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
