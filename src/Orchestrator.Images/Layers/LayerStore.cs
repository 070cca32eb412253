using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Images.Content;
using Orchestrator.Images.Tar;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Layers;

/// <summary>Layers unpacked for overlayfs, each once.</summary>
/// <remarks>
/// <c>l/ID</c> is a layer, <c>chains/HEX</c> says which, <c>tmp/</c> is under construction or demolition. A layer
/// counts once its chain file is there, which is written after the layer is on disk; anything else goes at the next
/// start.
/// </remarks>
internal sealed class LayerStore
{
    /// <summary>An empty folder: what overlayfs stacks an image without layers on.</summary>
    private const string EmptyFolder = "0";

    private readonly object gate = new();
    private readonly KeyedLock<Digest> unpacking = new();
    private readonly LeaseTable leases;
    private readonly LayerLimits limits;
    private ImmutableDictionary<Digest, Layer> layers = ImmutableDictionary<Digest, Layer>.Empty;
    private int lastId;
    private int lastTemporary;

    private LayerStore(string root, LayerLimits limits, LeaseTable leases) =>
        (Root, this.limits, this.leases) = (root, limits, leases);

    public string Root { get; }

    private string LayerFolder => Path.Combine(Root, "l");

    private string ChainFolder => Path.Combine(Root, "chains");

    /// <summary>Opens the store, discarding what a crash left half-made.</summary>
    public static LayerStore Open(string root, LayerLimits limits, LeaseTable leases)
    {
        var store = new LayerStore(root, limits, leases);
        Disk.MakePrivate(root);
        Directory.CreateDirectory(store.ChainFolder);
        MakeRoot(Path.Combine(store.LayerFolder, EmptyFolder));
        DirectoryTree.Delete(Path.Combine(root, "tmp"));
        Directory.CreateDirectory(Path.Combine(root, "tmp"));
        store.Load();
        return store;
    }

    public Layer? Find(Digest chainId) => layers.GetValueOrDefault(chainId);

    public IReadOnlyCollection<Layer> All() => [.. layers.Values];

    public string PathOf(Layer layer) => Path.Combine(LayerFolder, layer.Folder);

    /// <summary>The folders to stack for a layer and all below it, top first.</summary>
    public ImmutableArray<string> Folders(Digest? chainId)
    {
        var folders = ImmutableArray.CreateBuilder<string>();
        for (var chain = chainId; chain is { } id;)
        {
            var layer = Find(id) ?? throw new ImageException(ImageError.Damaged,
                $"layer {id} is not unpacked any more: remove the image and pull it again");
            folders.Add(Path.Combine(LayerFolder, layer.Folder));
            chain = layer.Parent;
        }

        if (folders.Count == 0)
            folders.Add(Path.Combine(LayerFolder, EmptyFolder));
        return folders.ToImmutable();
    }

    /// <summary>A fresh path in the folder that is emptied at start; nothing is there yet.</summary>
    public string NewTemporary() => Path.Combine(Root, "tmp",
        Interlocked.Increment(ref lastTemporary).ToString(CultureInfo.InvariantCulture));

    /// <summary>Unpacks a layer over another, unless that has been done.</summary>
    /// <param name="lease">Protects it from then on.</param>
    /// <param name="parent">The layer below, protected by the caller; null for the lowest.</param>
    /// <param name="expected">The diff ID that the plain tar must have; null takes it as it is.</param>
    /// <param name="open">Opens the tar, plain or compressed.</param>
    /// <param name="progress">Told how many bytes of the compressed tar are done.</param>
    /// <exception cref="ImageException">Damaged, Invalid, NoSpace: nothing is kept.</exception>
    public async Task<Layer> UnpackAsync(ContentLease lease, Layer? parent, Digest? expected, Func<Stream> open,
        IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (expected is { } diffId)
        {
            var chainId = ChainOf(parent, diffId);
            lease.Pin(chainId);
            using var turn = await unpacking.EnterAsync(chainId, cancellationToken);
            return Find(chainId) ?? await UnpackAsync(parent, expected, open, progress, lease, cancellationToken);
        }

        return await UnpackAsync(parent, expected, open, progress, lease, cancellationToken);
    }

    /// <summary>Deletes the layers that none of <paramref name="live"/> is or stands on.</summary>
    /// <param name="collection">Begun before <paramref name="live"/> was read.</param>
    public long Collect(LeaseTable.Collection collection, IEnumerable<Digest> live)
    {
        var keep = new HashSet<Digest>();
        foreach (var top in live)
        {
            for (Digest? chain = top; chain is { } id && keep.Add(id);)
                chain = Find(id)?.Parent;
        }

        var doomed = new List<string>();
        long freed = 0;
        // A layer goes only after those on top of it, so every pass may free those below.
        while (true)
        {
            var bases = layers.Values.Where(l => l.Parent is not null).Select(l => l.Parent!.Value).ToHashSet();
            var step = layers.Values.Where(l => !keep.Contains(l.ChainId) && !bases.Contains(l.ChainId)).ToList();
            var before = doomed.Count;
            freed += step.Sum(l => collection.DeleteUnlessUsed(l.ChainId, () => Forget(l, doomed)));
            if (doomed.Count == before)
                break;
        }

        foreach (var path in doomed)
            DirectoryTree.Delete(path);
        return freed;
    }

    /// <summary>The root of an image that says nothing about it is 0755, whatever our umask.</summary>
    private static void MakeRoot(string path)
    {
        const UnixFileMode readAndEnter = UnixFileMode.UserRead | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, readAndEnter | UnixFileMode.UserWrite);
    }

    private static Digest ChainOf(Layer? parent, Digest diffId) =>
        parent is null ? diffId : RootFs.Chain(parent.ChainId, diffId);

    private async Task<Layer> UnpackAsync(Layer? parent, Digest? expected, Func<Stream> open,
        IProgress<long>? progress, ContentLease lease, CancellationToken cancellationToken)
    {
        var temporary = NewTemporary();
        try
        {
            MakeRoot(temporary);
            var (diffId, size) = await ExtractAsync(temporary, parent, open, progress, cancellationToken);
            if (expected is { } wanted && wanted != diffId)
            {
                throw new ImageException(ImageError.Damaged,
                    $"a layer does not match its diff ID: expected {wanted}, got {diffId}");
            }

            lease.Pin(ChainOf(parent, diffId));
            return Publish(temporary, parent, diffId, size);
        }
        catch (Exception error) when (Disk.IsFull(error))
        {
            throw Disk.Full(Root, error);
        }
        catch (FormatException error)
        {
            throw new ImageException(ImageError.Invalid, error.Message, error);
        }
        finally
        {
            DirectoryTree.Delete(temporary);
        }
    }

    private async Task<(Digest DiffId, long Size)> ExtractAsync(
        string folder, Layer? parent, Func<Stream> open, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        await using var source = new CountedStream(open(), progress);
        await using var plain = await LayerCompression.DecompressAsync(source, cancellationToken);
        await using var metered = new MeteredStream(plain, () => source.Bytes, limits.MaxBytes);
        var tar = new TarReader(metered);
        using var extractor = new LayerExtractor(
            folder, parent is null ? [] : Folders(parent.ChainId), limits.MaxEntries);
        await extractor.ExtractAsync(tar, cancellationToken);
        await tar.DrainAsync(cancellationToken);
        return (metered.Digest, extractor.SizeBytes);
    }

    private Layer Publish(string temporary, Layer? parent, Digest diffId, long size)
    {
        // All of its files are on disk before the name that says so: one call instead of a sync a file.
        using (var folder = DirectoryHandle.Open(temporary))
        using (var handle = folder.OpenIn(".", OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY))
            FileCalls.SyncFileSystem(handle);

        lock (gate)
        {
            var chainId = ChainOf(parent, diffId);
            if (Find(chainId) is { } existing)
                return existing;
            var layer = new Layer(chainId, parent?.ChainId, diffId, ToBase36(++lastId), size);
            Directory.Move(temporary, Path.Combine(LayerFolder, layer.Folder));
            DurableFile.SyncDirectory(LayerFolder);
            DurableFile.Replace(
                Path.Combine(ChainFolder, chainId.Hex),
                JsonSerializer.SerializeToUtf8Bytes(layer, LayerJson.Default.Layer));
            layers = layers.Add(chainId, layer);
            return layer;
        }
    }

    private long Forget(Layer layer, List<string> doomed)
    {
        lock (gate)
        {
            File.Delete(Path.Combine(ChainFolder, layer.ChainId.Hex));
            layers = layers.Remove(layer.ChainId);
            var temporary = NewTemporary();
            Directory.Move(Path.Combine(LayerFolder, layer.Folder), temporary);
            doomed.Add(temporary);
            return layer.SizeBytes;
        }
    }

    private void Load()
    {
        foreach (var path in Directory.EnumerateFiles(ChainFolder))
        {
            if (Read(path) is { } layer && Directory.Exists(Path.Combine(LayerFolder, layer.Folder)))
                layers = layers.Add(layer.ChainId, layer);
            else
                File.Delete(path);
        }

        // A layer whose base is gone cannot be stacked.
        while (layers.Values.FirstOrDefault(l => l.Parent is { } p && !layers.ContainsKey(p)) is { } orphan)
        {
            File.Delete(Path.Combine(ChainFolder, orphan.ChainId.Hex));
            layers = layers.Remove(orphan.ChainId);
        }

        var known = layers.Values.Select(l => l.Folder).Append(EmptyFolder).ToHashSet(StringComparer.Ordinal);
        foreach (var folder in Directory.EnumerateDirectories(LayerFolder).Where(
            f => !known.Contains(Path.GetFileName(f))))
            DirectoryTree.Delete(folder);
        lastId = known.Max(FromBase36);
    }

    private static Layer? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), LayerJson.Default.Layer);
        }
        catch (JsonException)
        {
            return null; // A temporary of an interrupted write.
        }
    }

    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    private static string ToBase36(int number) =>
        number < 36 ? Digits[number..(number + 1)] : ToBase36(number / 36) + Digits[number % 36];

    private static int FromBase36(string text) =>
        text.Aggregate(0, (sum, digit) => (sum * 36) + Digits.IndexOf(digit, StringComparison.Ordinal));
}
