using System.Security.Cryptography;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Content;

/// <summary>A blob on its way in: grows by appending, hashed as it grows, gone unless committed.</summary>
/// <remarks>One caller at a time. Not durable before the commit: an upload does not outlive the process.</remarks>
public sealed class ContentIngest : IDisposable
{
    private readonly ContentStore store;
    private readonly string path;
    private readonly FileStream file;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal ContentIngest(ContentStore store, string path)
    {
        (this.store, this.path) = (store, path);
        file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    /// <summary>Bytes taken so far.</summary>
    public long Length { get; private set; }

    /// <exception cref="ImageException">NoSpace: the disk is full; dispose this, nothing is kept.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await file.WriteAsync(bytes, cancellationToken);
        }
        catch (Exception error) when (Disk.IsFull(error))
        {
            throw Disk.Full(store.Root, error);
        }

        hash.AppendData(bytes.Span);
        Length += bytes.Length;
    }

    /// <summary>
    /// Appends all of <paramref name="content"/>, refusing to grow beyond <paramref name="maxBytes"/> in all.
    /// </summary>
    /// <exception cref="ImageException">Damaged: there is more. NoSpace: the disk is full.</exception>
    public async Task AppendAsync(Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[128 * 1024];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (Length + read > maxBytes)
                throw new ImageException(ImageError.Damaged, $"more than the announced {maxBytes} bytes arrived");
            await AppendAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    /// <summary>Makes the blob visible under its digest, durable when this returns.</summary>
    /// <param name="lease">Protects it from then on.</param>
    /// <param name="expected">What it must be; null takes it as it is.</param>
    /// <returns>Its digest.</returns>
    /// <exception cref="ImageException">Damaged: it is not what was expected. NoSpace. Nothing is kept.</exception>
    public Digest Commit(ContentLease lease, Digest? expected)
    {
        var digest = Digest.OfHash(hash.GetCurrentHash());
        if (expected is { } wanted && wanted != digest)
        {
            throw new ImageException(ImageError.Damaged,
                $"content does not match its digest: expected {wanted}, got {digest} ({Length} bytes)");
        }

        // Pinned before it is visible: the collector never sees it unprotected.
        if (lease.Pin(digest))
            return digest;
        try
        {
            file.Flush(flushToDisk: true);
            File.Move(path, store.PathOf(digest), overwrite: true);
            DurableFile.SyncDirectory(store.BlobFolder);
        }
        catch (Exception error) when (Disk.IsFull(error))
        {
            throw Disk.Full(store.Root, error);
        }

        return digest;
    }

    public void Dispose()
    {
        file.Dispose();
        hash.Dispose();
        File.Delete(path);
    }
}
