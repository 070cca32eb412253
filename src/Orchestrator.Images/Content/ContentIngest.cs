using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Content;

/// <summary>A blob on its way in: grows by appending, hashed as it grows, gone unless committed.</summary>
/// <remarks>One caller at a time. Not durable before the commit: an upload does not outlive the process.</remarks>
public sealed class ContentIngest : IDisposable
{
    private readonly ContentStore store;
    private readonly string path;
    private readonly SafeFileHandle file;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private (Digest Digest, long Length)? hashed;

    internal ContentIngest(ContentStore store, string path)
    {
        (this.store, this.path) = (store, path);
        file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Bytes taken so far.</summary>
    public long Length { get; private set; }

    /// <summary>Appends all of it or, if it throws, nothing: what follows goes where this would have gone.</summary>
    /// <exception cref="ImageException">NoSpace: the disk is full; dispose this, nothing is kept.</exception>
    public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            // At an offset of ours: a stream's own would have moved on after a write that failed. Into the page cache,
            // so not worth another thread.
            RandomAccess.Write(file, bytes.Span, Length);
        }
        catch (Exception error) when (Disk.IsFull(error))
        {
            throw Disk.Full(store.Root, error);
        }

        hash.AppendData(bytes.Span);
        Length += bytes.Length;
        return ValueTask.CompletedTask;
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
        var digest = Hash(expected ?? default);
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
            RandomAccess.FlushToDisk(file);
            File.Move(path, store.PathOf(digest), overwrite: true);
            DurableFile.SyncDirectory(Path.GetDirectoryName(store.PathOf(digest))!);
        }
        catch (Exception error) when (Disk.IsFull(error))
        {
            throw Disk.Full(store.Root, error);
        }

        return digest;
    }

    /// <summary>The digest of what has come so far, by the algorithm of another.</summary>
    internal Digest Hash(Digest kind)
    {
        if (hashed is { } known && known.Length == Length && known.Digest.IsSha512 == kind.IsSha512)
            return known.Digest;
        var digest = kind.IsSha512 ? HashAgain() : Digest.OfHash(hash.GetCurrentHash());
        hashed = (digest, Length);
        return digest;
    }

    /// <summary>Opens what has come for reading; it stays readable when this is committed or gone.</summary>
    /// <exception cref="FileNotFoundException">It is committed, or gone.</exception>
    internal SafeFileHandle OpenRead() =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Few name content so, and an upload says only at its end that it does: they are read once more.</summary>
    private Digest HashAgain()
    {
        using var sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        var buffer = new byte[128 * 1024];
        int read;
        for (long offset = 0; (read = RandomAccess.Read(file, buffer, offset)) > 0; offset += read)
            sha512.AppendData(buffer, 0, read);
        return Digest.OfHash(sha512.GetCurrentHash());
    }

    public void Dispose()
    {
        file.Dispose();
        hash.Dispose();
        File.Delete(path);
    }
}
