using System.Net;
using Orchestrator.Images.Content;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Distribution;

/// <summary>Brings one blob from a registry into the store, going on where a broken try ended.</summary>
internal sealed class BlobDownload(ContentStore content, RegistryClient client, TransferRetry retry)
{
    /// <summary>A registry that sends nothing for this long has failed.</summary>
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(60);

    /// <returns>False when it was there already, or came meanwhile for somebody else.</returns>
    public async Task<bool> RunAsync(
        ContentLease lease, Descriptor blob, Action<long>? progress, Action<int>? waiting,
        CancellationToken cancellationToken)
    {
        using var turn = await content.EnterAsync(blob.Digest, cancellationToken);
        if (lease.Pin(blob.Digest))
            return false;
        var ingest = content.BeginIngest();
        try
        {
            await retry.RunAsync(async token =>
            {
                using var response = await client.OpenBlobAsync(blob, ingest.Length, token);
                if (ingest.Length > 0 && response.StatusCode != HttpStatusCode.PartialContent)
                {
                    ingest.Dispose(); // The registry begins anew, so do we.
                    ingest = content.BeginIngest();
                }

                await CopyAsync(response, ingest, blob, progress, token);
                return true;
            }, () => ingest.Length, waiting, cancellationToken);
            ingest.Commit(lease, blob.Digest);
            return true;
        }
        catch (Exception error) when (error is HttpRequestException or HttpIOException or TimeoutException)
        {
            throw new ImageException(ImageError.Unavailable,
                $"cannot fetch blob {blob.Digest} of {client.Repository.FamiliarName}: {error.Message}", error);
        }
        finally
        {
            ingest.Dispose();
        }
    }

    private static async Task CopyAsync(
        HttpResponseMessage response, ContentIngest ingest, Descriptor blob, Action<long>? progress,
        CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[128 * 1024];
        while (await ReadAsync(body, buffer, cancellationToken) is > 0 and var read)
        {
            if (ingest.Length + read > blob.Size)
                throw new ImageException(
                    ImageError.Damaged, $"blob {blob.Digest} is larger than its {blob.Size} bytes");
            await ingest.AppendAsync(buffer.AsMemory(0, read), cancellationToken);
            progress?.Invoke(ingest.Length);
        }

        if (ingest.Length < blob.Size)
            throw new HttpRequestException($"the connection ended after {ingest.Length} of {blob.Size} bytes");
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
