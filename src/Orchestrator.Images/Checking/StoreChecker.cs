using System.Collections.Concurrent;
using System.Security.Cryptography;
using Orchestrator.Images.Content;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Checking;

/// <summary>Reads all that is stored and says what is not as its name says, or is named and not there.</summary>
/// <remarks>Works beside pulls and removals: what comes or goes meanwhile is no fault.</remarks>
internal sealed class StoreChecker(ImageStores stores)
{
    private readonly ConcurrentQueue<StoreFault> faults = new();
    private long bytes;
    private int blobs;

    /// <param name="repair">Delete damaged blobs, so that a pull or another manager's copy can replace them.</param>
    public async Task<StoreReport> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            stores.Content.List(), new ParallelOptions
            {
                MaxDegreeOfParallelism = Math.Max(1, Environment.ProcessorCount / 2),
                CancellationToken = cancellationToken,
            },
            CheckBlobAsync);
        foreach (var stray in stores.Content.Strays())
            faults.Enqueue(new StoreFault($"{stray} is no blob", $"nothing uses it: rm {stray}"));
        var layers = CheckLayers();
        await CheckNamedAsync(cancellationToken);
        var removed = repair ? Repair() : 0;
        return new StoreReport(blobs, bytes, stores.Library.List().Length, layers, [.. faults], removed);
    }

    private async ValueTask CheckBlobAsync(Digest digest, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = stores.Content.OpenRead(digest);
            var found = Digest.OfHash(digest.IsSha512
                ? await SHA512.HashDataAsync(file, cancellationToken) : await SHA256.HashDataAsync(file, cancellationToken));
            Interlocked.Increment(ref blobs);
            Interlocked.Add(ref bytes, file.Length);
            if (found != digest)
            {
                faults.Enqueue(new StoreFault($"blob {digest} is damaged: its bytes have the digest {found}",
                    $"{UsersOf(digest)}; \"orch system check --repair\" deletes damaged blobs", digest));
            }
        }
        catch (ImageException error) when (error.Error == ImageError.NotFound)
        {
            // Removed since it was listed.
        }
        catch (IOException error)
        {
            faults.Enqueue(new StoreFault($"blob {digest} cannot be read: {error.Message}",
                "look at the kernel's log: the disk may be failing", digest));
        }
    }

    private int CheckLayers()
    {
        var layers = stores.Layers.All();
        foreach (var layer in layers.Where(l => !Directory.Exists(stores.Layers.PathOf(l))))
        {
            if (stores.Layers.Find(layer.ChainId) is not null)
            {
                faults.Enqueue(new StoreFault($"layer {layer.ChainId} is not unpacked at {stores.Layers.PathOf(layer)}",
                    "restart orchd, which unpacks it again when a container needs it"));
            }
        }

        return layers.Count;
    }

    /// <summary>What is named must be there, unless it is no longer named by now.</summary>
    private async Task CheckNamedAsync(CancellationToken cancellationToken)
    {
        foreach (var missing in await MissingAsync(cancellationToken))
        {
            if ((await MissingAsync(cancellationToken)).Contains(missing))
                faults.Enqueue(new StoreFault($"blob {missing} is named and not there", UsersOf(missing)));
        }
    }

    private async Task<List<Digest>> MissingAsync(CancellationToken cancellationToken)
    {
        var reach = await stores.Content.ReachAsync(cancellationToken);
        return [.. reach.Where(d => !stores.Content.Contains(d))];
    }

    /// <summary>What to do for those who name a blob.</summary>
    private string UsersOf(Digest digest)
    {
        var users = stores.Library.List().Where(image => Names(image, digest))
            .Select(image => image.RepoTags.FirstOrDefault() ?? image.RepoDigests.FirstOrDefault() ?? image.Id.ShortHex)
            .ToList();
        return users.Count == 0
            ? "it is the registry's: push the image again, or let another manager's copy replace it"
            : $"remove the image and pull it again: orch rmi -f {users[0]} && orch pull {users[0]}"
                + (users.Count > 1 ? $" (also {string.Join(", ", users.Skip(1))})" : "");
    }

    private bool Names(Image image, Digest digest)
    {
        if (image.Id == digest || image.Manifest.Digest == digest)
            return true;
        try
        {
            using var file = stores.Content.OpenRead(image.Manifest.Digest);
            var json = new byte[Math.Min(file.Length, ImageJson.MaxBytes)];
            file.ReadExactly(json);
            return ContentGraph.Children(image.Manifest.MediaType, json).Any(child => child.Digest == digest);
        }
        catch (Exception error) when (error is ImageException or FormatException or IOException)
        {
            return false;
        }
    }

    private int Repair() => faults.Count(fault => fault.Damaged is { } digest && stores.Content.Discard(digest));
}
