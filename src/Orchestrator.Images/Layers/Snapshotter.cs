using System.Text.Json;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Layers;

/// <summary>Writable snapshots of containers over shared layers.</summary>
/// <remarks>
/// <c>c/KEY/</c> holds <c>upper</c>, <c>work</c> and <c>snapshot</c> (the chain ID it stands on, which keeps those
/// layers). It is made aside and renamed into place, so it is there whole or not at all.
/// </remarks>
internal sealed class Snapshotter
{
    private readonly LayerStore layers;
    private readonly KeyedLock<string> keys = new();

    private Snapshotter(LayerStore layers) => this.layers = layers;

    private string Root => Path.Combine(layers.Root, "c");

    public static Snapshotter Open(LayerStore layers)
    {
        var snapshotter = new Snapshotter(layers);
        Directory.CreateDirectory(snapshotter.Root);
        return snapshotter;
    }

    /// <param name="chainId">Of unpacked layers that the caller has leased; null for none.</param>
    /// <exception cref="ImageException">Conflict: the key is taken by a snapshot of another image. NoSpace.</exception>
    public async Task<Snapshot> PrepareAsync(string key, Digest? chainId, CancellationToken cancellationToken)
    {
        using var turn = await keys.EnterAsync(key, cancellationToken);
        if (Read(key) is { } existing)
        {
            return existing.ChainId == chainId ? Describe(key, existing)
                : throw new ImageException(ImageError.Conflict, $"snapshot \"{key}\" exists, of another image");
        }

        try
        {
            Make(key, new SnapshotRecord(chainId));
        }
        catch (Exception error) when (Disk.IsFull(error))
        {
            throw Disk.Full(Root, error);
        }

        return Describe(key, new SnapshotRecord(chainId));
    }

    public Snapshot? Find(string key) => Read(key) is { } record ? Describe(key, record) : null;

    public async Task RemoveAsync(string key, CancellationToken cancellationToken)
    {
        using var turn = await keys.EnterAsync(key, cancellationToken);
        var path = PathOf(key);
        if (!Directory.Exists(path))
            return;
        var doomed = layers.NewTemporary();
        Directory.Move(path, doomed);
        await Task.Run(() => DirectoryTree.Delete(doomed), CancellationToken.None);
    }

    /// <summary>The chain IDs that snapshots stand on.</summary>
    public IEnumerable<Digest> Chains() => Directory.EnumerateDirectories(Root)
        .Select(path => Read(Path.GetFileName(path))?.ChainId).OfType<Digest>();

    /// <summary>The names of all snapshots.</summary>
    public IEnumerable<string> Keys() => Directory.EnumerateDirectories(Root).Select(path => Path.GetFileName(path));

    private void Make(string key, SnapshotRecord record)
    {
        var temporary = layers.NewTemporary();
        try
        {
            var upper = Path.Combine(temporary, "upper");
            Directory.CreateDirectory(upper);
            Directory.CreateDirectory(Path.Combine(temporary, "work"));
            // Overlayfs shows the upper folder's own owner and mode as the root's.
            InheritRoot(layers.Folders(record.ChainId)[0], upper);
            DurableFile.Replace(Path.Combine(temporary, "snapshot"),
                JsonSerializer.SerializeToUtf8Bytes(record, LayerJson.Default.SnapshotRecord));
            Directory.Move(temporary, PathOf(key));
            DurableFile.SyncDirectory(Root);
        }
        finally
        {
            DirectoryTree.Delete(temporary);
        }
    }

    private static void InheritRoot(string from, string to)
    {
        using var source = DirectoryHandle.Open(from);
        using var target = DirectoryHandle.Open(to);
        if (!source.TryStat(".", out var status))
            return;
        target.ChangeOwner(".", status.Uid, status.Gid);
        target.ChangeMode(".", status.Permissions);
        LayerXattrs.Copy(from, to);
    }

    private SnapshotRecord? Read(string key)
    {
        try
        {
            var json = File.ReadAllBytes(Path.Combine(PathOf(key), "snapshot"));
            return JsonSerializer.Deserialize(json, LayerJson.Default.SnapshotRecord);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private Snapshot Describe(string key, SnapshotRecord record) => new(key, layers.Folders(record.ChainId),
        Path.Combine(PathOf(key), "upper"), Path.Combine(PathOf(key), "work"));

    private string PathOf(string key)
    {
        var valid = key.Length is > 0 and <= 128 && key[0] != '.'
            && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
        return valid ? Path.Combine(Root, key)
            : throw new ArgumentException($"\"{key}\" is no snapshot key", nameof(key));
    }
}
