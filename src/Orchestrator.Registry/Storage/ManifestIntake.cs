using System.Collections.Immutable;
using Orchestrator.Images;
using Orchestrator.Images.Content;
using Orchestrator.Images.Distribution;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Storage;

/// <summary>
/// Takes a manifest in with all it names: blobs that were pushed here, and those that only another manager has.
/// </summary>
internal sealed class ManifestIntake(
    HeldContent held, ContentStore content, PeerRegistries? peers, TimeProvider time)
{
    private const int MaxDepth = 4;

    /// <summary>One fetches a blob, others wait.</summary>
    private readonly KeyedLock<Digest> turns = new();

    private readonly TransferRetry retry = new(attempts: 2, time);

    /// <summary>Stores a manifest; it and its blobs are kept for the repository when this returns.</summary>
    /// <exception cref="RegistryError">MANIFEST_INVALID, MANIFEST_BLOB_UNKNOWN. Nothing new is kept.</exception>
    public async Task StoreAsync(string name, Descriptor manifest, byte[] json, CancellationToken cancellationToken)
    {
        using var lease = content.Lease();
        await StoreAsync(lease, name, manifest, json, depth: 0, cancellationToken);
    }

    /// <summary>Fetches a manifest, and all it names, from a manager that has it.</summary>
    /// <returns>False: none that answers has it.</returns>
    public async Task<bool> FetchAsync(string name, Digest digest, CancellationToken cancellationToken)
    {
        using var lease = content.Lease();
        return await FetchAsync(lease, name, digest, depth: 0, cancellationToken);
    }

    /// <summary>Fetches a blob from a manager that has it; afterwards it is the repository's.</summary>
    public async Task<bool> FetchBlobAsync(string name, Digest digest, CancellationToken cancellationToken)
    {
        using var lease = content.Lease();
        return await FetchBlobAsync(lease, name, new Descriptor { Digest = digest, Size = -1 }, cancellationToken);
    }

    private async Task StoreAsync(
        ContentLease lease, string name, Descriptor manifest, byte[] json, int depth,
        CancellationToken cancellationToken)
    {
        if (depth > MaxDepth)
            throw RegistryError.ManifestInvalid("indexes are nested too deeply");
        foreach (var child in Children(manifest.MediaType, json))
        {
            lease.Pin(child.Digest);
            await RequireAsync(lease, name, manifest, child, depth, cancellationToken);
        }

        await content.IngestAsync(lease, json, manifest, cancellationToken);
        held.AddManifest(name, manifest);
    }

    private async Task RequireAsync(
        ContentLease lease, string name, Descriptor parent, Descriptor child, int depth,
        CancellationToken cancellationToken)
    {
        // An index may name what is no manifest: builders keep their caches so.
        var isManifest = MediaTypes.IsIndex(parent.MediaType)
            && (MediaTypes.IsManifest(child.MediaType) || MediaTypes.IsIndex(child.MediaType));
        var have = isManifest
            ? held.MediaTypeOf(name, child.Digest) is not null && content.Contains(child.Digest)
            : held.HasBlob(name, child.Digest);
        if (have && content.SizeOf(child.Digest) is { } size && size != child.Size)
            throw RegistryError.SizeInvalid($"the manifest says {child.Digest} has {child.Size} bytes, it has {size}");
        if (have || child.Urls is { Length: > 0 })
            return;
        var fetched = isManifest
            ? await FetchAsync(lease, name, child.Digest, depth + 1, cancellationToken)
            : await FetchBlobAsync(lease, name, child, cancellationToken);
        if (!fetched)
            throw RegistryError.ManifestBlobUnknown(child.Digest.ToString());
    }

    private async Task<bool> FetchAsync(
        ContentLease lease, string name, Digest digest, int depth, CancellationToken cancellationToken)
    {
        foreach (var peer in peers?.Others ?? [])
        {
            try
            {
                var client = peers!.Client(peer, name);
                var (manifest, json) = await client.GetManifestAsync(
                    client.Repository.WithDigest(digest), cancellationToken);
                await StoreAsync(lease, name, manifest, json, depth, cancellationToken);
                return true;
            }
            catch (Exception error) when (error is RegistryError or ImageException { Error: not ImageError.NoSpace })
            {
                // This one cannot help; the next may.
            }
        }

        return false;
    }

    /// <param name="blob">A size of -1: it is as large as who has it says.</param>
    private async Task<bool> FetchBlobAsync(
        ContentLease lease, string name, Descriptor blob, CancellationToken cancellationToken)
    {
        foreach (var peer in peers?.Others ?? [])
        {
            try
            {
                var client = peers!.Client(peer, name);
                if (!lease.Pin(blob.Digest) || !held.HasBlob(name, blob.Digest))
                {
                    if (await client.FindBlobAsync(blob.Digest, cancellationToken) is not { } size)
                        continue;
                    var known = blob.Size < 0 ? blob with { Size = size } : blob;
                    using var turn = await turns.EnterAsync(blob.Digest, cancellationToken);
                    await new BlobDownload(content, client, retry, isForOthers: true).RunAsync(
                        lease, known, null, null, cancellationToken);
                }

                held.AddBlob(name, blob.Digest);
                return true;
            }
            catch (ImageException error) when (error.Error is not ImageError.NoSpace)
            {
                // This one cannot help; the next may.
            }
        }

        return false;
    }

    private static ImmutableArray<Descriptor> Children(string mediaType, byte[] json) => Read(() =>
    {
        if (!MediaTypes.IsManifest(mediaType) && !MediaTypes.IsIndex(mediaType))
            throw RegistryError.ManifestInvalid($"its type \"{mediaType}\" is none that this registry keeps");
        var children = ContentGraph.Children(mediaType, json);
        return children.Any(c => c.Digest.IsEmpty || c.Size < 0)
            ? throw RegistryError.ManifestInvalid("a descriptor lacks digest or size") : children;
    });

    /// <exception cref="RegistryError">MANIFEST_INVALID.</exception>
    public static NamedManifest Describe(Descriptor manifest, byte[] json) =>
        Read(() => NamedManifest.Of(manifest, json));

    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException error)
        {
            throw RegistryError.ManifestInvalid(error.Message);
        }
    }
}
