using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Content;

/// <summary>The blobs of a node, each named by its digest, shared by engine and registry.</summary>
/// <remarks>
/// <c>blobs/ALGORITHM/HEX</c> holds whole, verified blobs only; <c>ingest/</c> what is on its way in, emptied at start;
/// <c>owners/</c> who names blobs.
/// A blob stays while a root names it (<see cref="AddRoots"/>) or a lease holds it (<see cref="Lease"/>).
/// </remarks>
public sealed class ContentStore
{
    private readonly object gate = new();
    private readonly Dictionary<string, IContentRoots> roots = new(StringComparer.Ordinal);
    private readonly KeyedLock<Digest> ingests = new();
    private readonly KeyedLock<string> collections = new();
    private readonly string ingestFolder;
    private readonly string ownerFolder;
    private long ingestCount;

    private ContentStore(string root)
    {
        Root = root;
        ingestFolder = Path.Combine(root, "ingest");
        ownerFolder = Path.Combine(root, "owners");
    }

    public string Root { get; }

    /// <summary>Leases on blobs and on layers: both are named by digests.</summary>
    internal LeaseTable Leases { get; } = new();

    /// <summary>
    /// Opens the store in <paramref name="root"/>, making it if need be; only one process may have it open.
    /// </summary>
    public static ContentStore Open(string root)
    {
        var store = new ContentStore(root);
        Disk.MakePrivate(root);
        foreach (var algorithm in Digest.Algorithms)
            Directory.CreateDirectory(Path.Combine(root, "blobs", algorithm));
        if (Directory.Exists(store.ingestFolder))
            Directory.Delete(store.ingestFolder, recursive: true);
        Directory.CreateDirectory(store.ingestFolder);
        Directory.CreateDirectory(store.ownerFolder);
        foreach (var halfMade in Directory.EnumerateFiles(store.ownerFolder, "*.tmp"))
            File.Delete(halfMade); // Nobody would come back under that name, and nothing would be collected any more.
        return store;
    }

    /// <summary>Adds somebody who names blobs.</summary>
    /// <param name="owner">Remembered on disk: until all owners there ever were are back, nothing is collected.</param>
    /// <remarks>
    /// So a node that starts, with its images open and its registry not yet, does not empty the registry.
    /// </remarks>
    public void AddRoots(string owner, IContentRoots added)
    {
        Announce(owner);
        lock (gate)
            roots[owner] = added;
    }

    /// <summary>Says that there is an owner who has yet to come: until then nothing is collected.</summary>
    public void Announce(string owner) => DurableFile.Replace(Path.Combine(ownerFolder, owner), []);

    /// <summary>
    /// Ends an owner for good: what only it named may be collected. For a manager that is one no more.
    /// </summary>
    public void RemoveRoots(string owner)
    {
        File.Delete(Path.Combine(ownerFolder, owner));
        lock (gate)
            roots.Remove(owner);
    }

    public ContentLease Lease() => new(this);

    public bool Contains(Digest digest) => File.Exists(PathOf(digest));

    /// <summary>Size in bytes; null when it is not there.</summary>
    public long? SizeOf(Digest digest) => new FileInfo(PathOf(digest)) is { Exists: true } file ? file.Length : null;

    /// <summary>All blobs that are there now.</summary>
    public IEnumerable<Digest> List()
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(Root, "blobs"), "*", SearchOption.AllDirectories))
        {
            if (Digest.TryParseHex(Path.GetFileName(path), out var digest))
                yield return digest;
        }
    }

    /// <summary>Files among the blobs that are none.</summary>
    internal IEnumerable<string> Strays() =>
        Directory.EnumerateFiles(Path.Combine(Root, "blobs"), "*", SearchOption.AllDirectories)
            .Where(path => !Digest.TryParseHex(Path.GetFileName(path), out var digest) || PathOf(digest) != path);

    /// <summary>All that manifests which somebody names need.</summary>
    internal Task<HashSet<Digest>> ReachAsync(CancellationToken cancellationToken) => new ContentGraph(this).ReachAsync(
        Roots().Where(r => MediaTypes.IsManifest(r.MediaType) || MediaTypes.IsIndex(r.MediaType)), cancellationToken);

    /// <summary>Deletes a blob that is damaged, whoever names it.</summary>
    internal bool Discard(Digest digest)
    {
        var isThere = Contains(digest);
        File.Delete(PathOf(digest));
        return isThere;
    }

    /// <summary>Opens a blob. The stream stays readable to its end even if the blob is collected meanwhile.</summary>
    /// <exception cref="ImageException">NotFound: there is no such blob.</exception>
    public FileStream OpenRead(Digest digest)
    {
        try
        {
            return new FileStream(PathOf(digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1);
        }
        catch (FileNotFoundException error)
        {
            throw new ImageException(ImageError.NotFound, $"blob {digest} is not in the store", error);
        }
    }

    /// <summary>As <see cref="OpenRead"/>, without a stream.</summary>
    internal SafeFileHandle OpenHandle(Digest digest)
    {
        try
        {
            return File.OpenHandle(PathOf(digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (FileNotFoundException error)
        {
            throw new ImageException(ImageError.NotFound, $"blob {digest} is not in the store", error);
        }
    }

    /// <summary>Opens a blob that may have become whole this moment.</summary>
    internal SafeFileHandle OpenArriving(ContentIngest ingest, Digest digest)
    {
        try
        {
            return ingest.OpenRead();
        }
        catch (FileNotFoundException)
        {
            return OpenHandle(digest);
        }
    }

    /// <summary>Reads a small blob whole and verifies it.</summary>
    /// <exception cref="ImageException">
    /// NotFound. Damaged: it is larger than a manifest may be, or the disk lost bits.
    /// </exception>
    public async Task<byte[]> ReadAsync(Digest digest, CancellationToken cancellationToken)
    {
        await using var file = OpenRead(digest);
        if (file.Length > ImageJson.MaxBytes)
            throw new ImageException(
                ImageError.Damaged, $"blob {digest} has {file.Length} bytes, too many for a manifest");
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, cancellationToken);
        return digest.OfSameKind(bytes) == digest ? bytes : throw new ImageException(ImageError.Damaged,
            $"blob {digest} is damaged on disk: remove the images that use it and pull them again");
    }

    /// <summary>Starts a blob whose digest may still be unknown.</summary>
    public ContentIngest BeginIngest()
    {
        try
        {
            return new ContentIngest(this, Path.Combine(ingestFolder, $"{Interlocked.Increment(ref ingestCount)}"));
        }
        catch (Exception error) when (Disk.IsFull(error))
        {
            throw Disk.Full(Root, error);
        }
    }

    /// <summary>Stores one blob, visible under its digest only once it is whole.</summary>
    /// <param name="content">
    /// Read to its end and not disposed; more than <c>expected.Size</c> bytes are refused.
    /// </param>
    /// <returns>False when the blob was there already; <paramref name="content"/> is then unread.</returns>
    /// <exception cref="ImageException">
    /// Damaged: not the bytes promised. NoSpace: the disk is full. Nothing is kept.
    /// </exception>
    /// <remarks>Callers may race on one digest: one writes, the rest wait.</remarks>
    public async ValueTask<bool> IngestAsync(
        ContentLease lease, Stream content, Descriptor expected, CancellationToken cancellationToken)
    {
        using var turn = await ingests.EnterAsync(expected.Digest, cancellationToken);
        if (lease.Pin(expected.Digest))
            return false;

        using var ingest = BeginIngest();
        await ingest.AppendAsync(content, expected.Size, cancellationToken);
        if (ingest.Length != expected.Size)
        {
            throw new ImageException(ImageError.Damaged,
                $"{expected.Digest} ended after {ingest.Length} of {expected.Size} bytes");
        }

        ingest.Commit(lease, expected.Digest);
        return true;
    }

    /// <summary>Stores a small blob that is in memory.</summary>
    public async ValueTask<Descriptor> IngestAsync(
        ContentLease lease, byte[] content, string mediaType, CancellationToken cancellationToken)
    {
        var descriptor = Descriptor.Of(content, mediaType);
        await IngestAsync(lease, content, descriptor, cancellationToken);
        return descriptor;
    }

    /// <summary>Stores a small blob that is in memory, under the digest it is named by.</summary>
    public async ValueTask IngestAsync(
        ContentLease lease, byte[] content, Descriptor expected, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content, writable: false);
        await IngestAsync(lease, stream, expected, cancellationToken);
    }

    /// <summary>Waits until no other caller fetches the same blob; <c>using</c> it keeps others waiting.</summary>
    internal Task<IDisposable> EnterAsync(Digest digest, CancellationToken cancellationToken) =>
        ingests.EnterAsync(digest, cancellationToken);

    /// <summary>Deletes blobs that no root names and no lease holds.</summary>
    /// <returns>Bytes given back.</returns>
    public async Task<long> CollectAsync(CancellationToken cancellationToken)
    {
        using var turn = await collections.EnterAsync("", cancellationToken); // One at a time.
        if (!AllOwnersAreBack())
            return 0;
        using var collection = Leases.BeginCollection();
        var live = await new ContentGraph(this).ReachAsync(Roots(), cancellationToken);
        return List().Where(d => !live.Contains(d)).Sum(d => collection.DeleteUnlessUsed(d, () => Delete(d)));
    }

    internal string PathOf(Digest digest) => Path.Combine(Root, "blobs", digest.Algorithm, digest.Hex);

    private bool AllOwnersAreBack()
    {
        lock (gate)
            return Directory.EnumerateFiles(ownerFolder).All(path => roots.ContainsKey(Path.GetFileName(path)));
    }

    private List<Descriptor> Roots()
    {
        IContentRoots[] all;
        lock (gate)
            all = [.. roots.Values];
        return [.. all.SelectMany(r => r.Roots())];
    }

    private long Delete(Digest digest)
    {
        var size = SizeOf(digest) ?? 0;
        File.Delete(PathOf(digest));
        return size;
    }
}
