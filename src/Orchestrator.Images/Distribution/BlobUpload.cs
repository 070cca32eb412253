using Orchestrator.Images.Content;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Distribution;

/// <summary>Brings one blob to a registry, a large one in chunks, going on where a broken try ended.</summary>
/// <param name="chunkBytes">Up to this it is one request; a registry may want its chunks larger.</param>
/// <remarks>
/// What is sent twice is what was under way, where the registry can say what it has; Debian's docker-registry forgets
/// an upload whose chunk breaks off, and then the blob is begun anew, as it is where chunks are refused.
/// </remarks>
internal sealed class BlobUpload(
    ContentStore content, RegistryClient client, TransferRetry retry, long chunkBytes, Descriptor blob)
{
    private RegistryUpload? upload;
    private bool inChunks = blob.Size > chunkBytes;

    /// <param name="mountFrom">The path of a repository there that may have the blob; null: none known.</param>
    /// <exception cref="ImageException">Denied, Invalid, Unavailable.</exception>
    public Task<UploadOutcome> RunAsync(
        string? mountFrom, Action<long>? progress, Action<int>? waiting, CancellationToken cancellationToken) =>
        retry.RunAsync(
            token => TryAsync(mountFrom, progress, token), () => upload?.Offset ?? 0, waiting, cancellationToken);

    private async Task<UploadOutcome> TryAsync(
        string? mountFrom, Action<long>? progress, CancellationToken cancellationToken)
    {
        if (!await CanGoOnAsync(cancellationToken))
        {
            if (await client.HasBlobAsync(blob.Digest, cancellationToken))
                return UploadOutcome.Present;
            upload = await RegistryUpload.BeginAsync(client, blob.Digest, mountFrom, cancellationToken);
            if (upload is null)
                return UploadOutcome.Mounted;
        }

        try
        {
            await SendAsync(upload!, progress, cancellationToken);
            return UploadOutcome.Sent;
        }
        catch (ImageException error) when (inChunks && error.Error is ImageError.Invalid or ImageError.NotFound)
        {
            (inChunks, upload) = (false, null); // Not every registry takes chunks, or takes them this large.
            return await TryAsync(mountFrom, progress, cancellationToken);
        }
    }

    private async Task<bool> CanGoOnAsync(CancellationToken cancellationToken)
    {
        if (upload is null || !inChunks)
            return false;
        try
        {
            return await upload.AskAsync(cancellationToken) && upload.Offset <= blob.Size;
        }
        catch (ImageException error) when (error.Error == ImageError.Unavailable && client.HasSeveralHosts)
        {
            return false; // Another manager is where to begin, if this one does not come back.
        }
    }

    private async Task SendAsync(RegistryUpload to, Action<long>? progress, CancellationToken cancellationToken)
    {
        if (!inChunks)
        {
            await to.FinishAsync(() => Part(0, blob.Size, progress), blob.Digest, cancellationToken);
            return;
        }

        var most = Math.Max(chunkBytes, to.MinChunkBytes);
        while (blob.Size - to.Offset > most)
        {
            var (from, end) = (to.Offset, to.Offset + most);
            await to.AppendAsync(() => Part(from, end, progress).AsChunk(), end, cancellationToken);
        }

        await to.FinishAsync(() => Rest(to.Offset, progress), blob.Digest, cancellationToken);
    }

    /// <summary>Of a blob that has arrived whole there is nothing to say but that it is.</summary>
    private BlobPart Rest(long from, Action<long>? progress) =>
        from < blob.Size ? Part(from, blob.Size, progress).AsChunk() : Part(from, from, progress);

    private BlobPart Part(long from, long to, Action<long>? progress) =>
        new(content, blob.Digest, from, to, progress);
}
