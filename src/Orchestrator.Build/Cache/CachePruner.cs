using Orchestrator.Images;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Cache;

/// <summary>What is to go of a build cache.</summary>
public sealed record CachePrune
{
    /// <summary>Also what images have in common with it.</summary>
    public bool All { get; init; }

    /// <summary>The most recently used stays, up to this many bytes.</summary>
    public long KeepBytes { get; init; }

    /// <summary>What may go at all.</summary>
    public Func<CacheItem, bool> Matches { get; init; } = _ => true;
}

/// <summary>One thing that the cache holds.</summary>
/// <param name="Id">64 hex digits, or those and a number.</param>
/// <param name="Kind">docker's word: <c>regular</c>, or <c>exec.cachemount</c> for a folder.</param>
/// <param name="IsShared">An image has that layer too, so its bytes are not the cache's alone.</param>
public sealed record CacheItem(
    string Id, string Kind, string Description, long SizeBytes, bool IsShared, DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt, int Uses);

/// <summary>Lists and prunes what builds keep.</summary>
public sealed class CachePruner(BuildStore store, ImageService images)
{
    private const string Regular = "regular", Folder = "exec.cachemount";

    /// <summary>All of it, the least recently used first.</summary>
    public IReadOnlyList<CacheItem> List()
    {
        var shared = images.List().SelectMany(image => image.Config.RootFs.ChainIds()).ToHashSet();
        return
        [
            .. store.Cache.List().Select(record => ViewOf(record, shared))
                .Concat(store.Folders.List().Select(ViewOf)).OrderBy(item => item.LastUsedAt),
        ];
    }

    /// <returns>What went, and how many bytes that gave back.</returns>
    public async Task<(IReadOnlyList<CacheItem> Gone, long Bytes)> PruneAsync(
        CachePrune wanted, CancellationToken cancellationToken)
    {
        var items = List();
        // What images share is no gain while they are there, and no part of what is to be kept within.
        var left = items.Where(item => wanted.All || !item.IsShared).Sum(item => item.SizeBytes);
        var gone = new List<CacheItem>();
        long bytes = 0;
        foreach (var item in items)
        {
            if ((wanted.KeepBytes > 0 && left <= wanted.KeepBytes) || !wanted.Matches(item)
                || (item.IsShared && !wanted.All) || (item.Kind == Folder && !store.Folders.TryDelete(item.Id)))
                continue;
            left -= item.SizeBytes;
            bytes += Remove(item);
            gone.Add(item);
        }

        return (gone, bytes + await images.CollectGarbageAsync(cancellationToken));
    }

    /// <summary>Prunes what is more than that many bytes, not counting what images share.</summary>
    /// <param name="grown">Folders may have grown. Every build ends with this, so else they are not walked for it.</param>
    public async Task LimitAsync(long bytes, bool grown, CancellationToken cancellationToken)
    {
        var taken = store.Cache.List().Sum(record => record.Layer?.SizeBytes ?? 0)
            + (grown ? store.Folders.List().Sum(TreeSize.Of) : 0);
        if (taken > bytes)
            await PruneAsync(new CachePrune { KeepBytes = bytes }, cancellationToken);
    }

    /// <returns>Bytes that are free at once; those of layers are when they are collected.</returns>
    private long Remove(CacheItem item)
    {
        if (item.Kind == Folder)
            return item.SizeBytes;
        store.Cache.Drop(item.Id);
        return 0;
    }

    private static CacheItem ViewOf(CacheRecord record, HashSet<Digest> shared) => new(
        record.Key, Regular, record.Description, record.Layer?.SizeBytes ?? 0,
        record.Layer is { } layer && shared.Contains(layer.ChainId), record.CreatedAt, record.LastUsedAt, record.Uses);

    private static CacheItem ViewOf(string path) => new(
        Path.GetFileName(path), Folder, "mount of type cache", TreeSize.Of(path), IsShared: false,
        Directory.GetCreationTimeUtc(path), Directory.GetLastWriteTimeUtc(path), 0);
}
