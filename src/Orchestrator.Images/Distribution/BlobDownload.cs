using System.Net;
using Orchestrator.Images.Content;
using Orchestrator.Images.Sharing;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Distribution;

/// <summary>Brings one blob from a registry into the store, going on where a broken try ended.</summary>
/// <param name="sharing">The nodes that it may be had from instead; null: none.</param>
/// <param name="isForOthers">
/// Of a registry that must have a blob before it can serve it: it does not wait for this node's own pulls, which may
/// be waiting for what it serves.
/// </param>
internal sealed class BlobDownload(
    ContentStore content, RegistryClient client, TransferRetry retry, PeerSharing? sharing = null,
    bool isForOthers = false)
{
    /// <summary>A registry that sends nothing for this long has failed.</summary>
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(60);

    /// <returns>False when it was there already, or came meanwhile for somebody else.</returns>
    public async Task<bool> RunAsync(
        ContentLease lease, Descriptor blob, Action<long>? progress, Action<int>? waiting,
        CancellationToken cancellationToken)
    {
        using var turn = isForOthers ? null : await content.EnterAsync(blob.Digest, cancellationToken);
        if (lease.Pin(blob.Digest))
            return false;
        using var arrival = new BlobArrival(content, blob);
        Task FromRegistry(CancellationToken token) => FromRegistryAsync(arrival, progress, waiting, token);
        if (sharing is not null && blob.Size >= SharedBlobs.MinBytes)
        {
            await sharing.RunAsync(arrival, lease, FromRegistry, progress, cancellationToken);
            return true;
        }

        await FromRegistry(cancellationToken);
        arrival.Commit(lease);
        return true;
    }

    private async Task FromRegistryAsync(
        BlobArrival arrival, Action<long>? progress, Action<int>? waiting, CancellationToken cancellationToken)
    {
        try
        {
            await retry.RunAsync(async token =>
            {
                using var response = await client.OpenBlobAsync(arrival.Blob, arrival.Length, token);
                if (arrival.Length > 0 && response.StatusCode != HttpStatusCode.PartialContent)
                    arrival.BeginAnew(); // The registry does, so do we.
                await CopyAsync(response, arrival, progress, token);
                return true;
            }, () => arrival.Length, waiting, cancellationToken);
        }
        catch (Exception error) when (error is HttpRequestException or HttpIOException or TimeoutException)
        {
            throw new ImageException(ImageError.Unavailable,
                $"cannot fetch blob {arrival.Blob.Digest} of {client.Repository.FamiliarName}: {error.Message}", error);
        }
    }

    private static async Task CopyAsync(
        HttpResponseMessage response, BlobArrival arrival, Action<long>? progress, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[128 * 1024];
        while (await ReadAsync(body, buffer, cancellationToken) is > 0 and var read)
        {
            if (arrival.Length + read > arrival.Blob.Size)
                throw new ImageException(ImageError.Damaged,
                    $"blob {arrival.Blob.Digest} is larger than its {arrival.Blob.Size} bytes");
            await arrival.AppendAsync(buffer.AsMemory(0, read), cancellationToken);
            PullMetrics.FromRegistry(read);
            progress?.Invoke(arrival.Length);
        }

        if (arrival.Length < arrival.Blob.Size)
        {
            throw new HttpRequestException(
                $"the connection ended after {arrival.Length} of {arrival.Blob.Size} bytes");
        }
    }

    private static async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stalled.CancelAfter(Stall);
        try
        {
            return await body.ReadAsync(buffer, stalled.Token);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"the registry sent nothing for {Stall.TotalSeconds:0} s", error);
        }
    }
}
