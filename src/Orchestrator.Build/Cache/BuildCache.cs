using System.Collections.Concurrent;
using System.Text.Json;
using Orchestrator.Images.Building;
using Orchestrator.Images.Content;
using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Cache;

/// <summary>What came of steps, by all that decides it; shared by all builds, and kept from one daemon to the next.
/// </summary>
/// <remarks>A file a record, written once its layer is on disk, so a crash leaves nothing half-true. The file's own time
/// is when it was last used: that may be lost, and costs no sync.</remarks>
public sealed class BuildCache : ILayerRoots
{
    private readonly ConcurrentDictionary<string, CacheRecord> records = new(StringComparer.Ordinal);
    private readonly string folder;
    private readonly ImageWorkshop workshop;
    private readonly TimeProvider time;

    private BuildCache(string folder, ImageWorkshop workshop, TimeProvider time) =>
        (this.folder, this.workshop, this.time) = (folder, workshop, time);

    /// <summary>Opens it, dropping records whose layer is gone. From then on it keeps its layers.</summary>
    public static BuildCache Open(string folder, ImageWorkshop workshop, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        var cache = new BuildCache(folder, workshop, time);
        foreach (var path in Directory.EnumerateFiles(folder))
            cache.Load(path);
        workshop.AddRoots("build", cache);
        return cache;
    }

    public IEnumerable<MadeLayer> Layers() => records.Values.Select(record => record.Layer).OfType<MadeLayer>();

    /// <summary>All records, the least recently used first.</summary>
    public IReadOnlyList<CacheRecord> List() => [.. records.Values.OrderBy(record => record.LastUsedAt)];

    /// <summary>What came of the step when it last ran.</summary>
    /// <param name="lease">Protects its layer from then on.</param>
    /// <returns>Null: it never ran, or its layer is gone.</returns>
    public CacheRecord? Find(ContentLease lease, string key)
    {
        if (!records.TryGetValue(key, out var record))
            return null;
        if (record.Layer is { } layer && !workshop.Pin(lease, layer))
        {
            Drop(key);
            return null;
        }

        var used = record with { LastUsedAt = time.GetUtcNow(), Uses = record.Uses + 1 };
        records.TryUpdate(key, used, record);
        TryTouch(PathOf(key), used.LastUsedAt);
        return used;
    }

    /// <summary>Remembers what came of a step; its layer is under a lease.</summary>
    public CacheRecord Add(string key, MadeLayer? layer, string description)
    {
        var now = time.GetUtcNow();
        var record = new CacheRecord
        {
            Key = key, Layer = layer, Description = description, CreatedAt = now, LastUsedAt = now,
        };
        DurableFile.Replace(PathOf(key), JsonSerializer.SerializeToUtf8Bytes(record, CacheJson.Default.CacheRecord));
        return records[key] = record;
    }

    /// <summary>Forgets a record; its layer goes with the next collection unless something else has it.</summary>
    public void Drop(string key)
    {
        if (records.TryRemove(key, out _))
            File.Delete(PathOf(key));
    }

    private void Load(string path)
    {
        try
        {
            var record = JsonSerializer.Deserialize(File.ReadAllBytes(path), CacheJson.Default.CacheRecord);
            using var lease = workshop.Lease();
            if (record is not null && record.Key == Path.GetFileName(path)
                && (record.Layer is not { } layer || workshop.Pin(lease, layer)))
            {
                records[record.Key] = record with { LastUsedAt = File.GetLastWriteTimeUtc(path) };
                return;
            }
        }
        catch (JsonException)
        {
            // A temporary of an interrupted write.
        }

        File.Delete(path);
    }

    private static void TryTouch(string path, DateTimeOffset used)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, used.UtcDateTime);
        }
        catch (IOException)
        {
            // Dropped meanwhile.
        }
    }

    private string PathOf(string key) => Path.Combine(folder, key);
}
