using System.IO.Pipelines;
using System.Net;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Images;
using Orchestrator.Images.Content;
using Orchestrator.Images.Distribution;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Upstream;

/// <summary>One blob on its way from the upstream, read by any number of clients while it comes.</summary>
/// <remarks>
/// The last byte is held back until the digest is verified: what is wrong ends as a broken connection, never as an answer
/// that looks whole.
/// </remarks>
internal sealed class BlobFlight(
    ContentStore content, RegistryClient client, Digest digest, TransferRetry retry, Action landed, Action ended)
{
    private const int ChunkBytes = 128 * 1024;

    /// <summary>A registry that sends nothing for this long has failed.</summary>
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object gate = new();
    private TaskCompletionSource progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ContentIngest? ingest;
    private long? size;
    private long have;

    /// <summary>Ends when the blob is in the store; faults with an <see cref="ImageException"/>.</summary>
    public Task Completion => completion.Task;

    /// <summary>Fetches it. Never throws: who waits is told.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failure = await TryRunAsync(cancellationToken);
        ended(); // Whoever comes from here on begins anew, or finds it in the store.
        if (failure is null)
            completion.SetResult();
        else
            completion.SetException(failure);
        _ = completion.Task.Exception; // Observed: nobody need be waiting.
        Tell();
    }

    /// <summary>Waits until it is known how long it will be, or until it is there.</summary>
    /// <returns>Null: it is in the store, or only its end will tell how long it is.</returns>
    /// <exception cref="ImageException">It cannot be fetched.</exception>
    public async Task<(long Size, SafeFileHandle File)?> OpenAsync(
        CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (gate)
            {
                if (completion.Task.IsCompleted)
                    break;
                if (size is { } known && TryOpen() is { } file)
                    return (known, file);
                change = progress.Task;
            }

            await change.WaitAsync(cancellationToken);
        }

        await completion.Task;
        return null;
    }

    /// <summary>Copies it as it comes.</summary>
    /// <exception cref="ImageException">It broke off, or is not what its digest says.</exception>
    public async Task CopyToAsync(
        SafeFileHandle file, long length, PipeWriter writer,
        CancellationToken cancellationToken)
    {
        for (long offset = 0; offset < length;)
        {
            var visible = await VisibleAsync(offset, length, cancellationToken);
            var memory = writer.GetMemory(ChunkBytes);
            var wanted = (int)Math.Min(Math.Min(memory.Length, ChunkBytes), visible - offset);
            var read = RandomAccess.Read(file, memory.Span[..wanted], offset);
            if (read == 0)
                throw new ImageException(ImageError.Damaged, $"blob {digest} is shorter than it was");
            offset += read;
            writer.Advance(read);
            RegistryMetrics.Served(read);
            if ((await writer.FlushAsync(cancellationToken)).IsCompleted)
                return; // The caller has gone.
        }
    }

    /// <returns>Null: it is not there yet, or becomes a blob of the store this very moment.</returns>
    private SafeFileHandle? TryOpen()
    {
        try
        {
            return ingest?.OpenRead();
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private async Task<long> VisibleAsync(long offset, long length, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (gate)
            {
                if (completion.Task.IsCompleted)
                    break;
                if (Math.Min(have, length - 1) > offset)
                    return Math.Min(have, length - 1);
                change = progress.Task;
            }

            await change.WaitAsync(cancellationToken);
        }

        await completion.Task;
        return length;
    }

    private async Task<ImageException?> TryRunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var lease = content.Lease();
            // In no turn with this node's own pulls: one of them may be waiting for this.
            if (!lease.Pin(digest))
                await FetchAsync(lease, cancellationToken);
            else if (await client.FindBlobAsync(digest, cancellationToken) is null) // It came by another way meanwhile.
                throw new ImageException(ImageError.NotFound, $"blob {digest} of {client.Repository.FamiliarName} not found");
            landed();
            return null;
        }
#pragma warning disable CA1031 // Whatever it is, those who wait for it must not wait for ever.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return error as ImageException ?? new ImageException(ImageError.Unavailable,
                $"cannot fetch blob {digest} of {client.Repository.FamiliarName}: {error.Message}", error);
        }
    }

    private async Task FetchAsync(ContentLease lease, CancellationToken cancellationToken)
    {
        var taken = content.BeginIngest();
        lock (gate)
            ingest = taken;
        try
        {
            await retry.RunAsync(
                async token =>
                {
                    await TryAsync(taken, token);
                    return true;
                },
                () => Volatile.Read(ref have), null, cancellationToken);
            taken.Commit(lease, digest);
        }
        finally
        {
            lock (gate)
                ingest = null;
            taken.Dispose();
        }
    }

    /// <summary>Goes on where the last try ended; what a registry sends again is the same, and is passed over.</summary>
    private async Task TryAsync(ContentIngest taken, CancellationToken cancellationToken)
    {
        using var response = await client.OpenBlobAsync(
            new Descriptor { Digest = digest }, taken.Length, cancellationToken);
        var again = response.StatusCode == HttpStatusCode.PartialContent ? 0 : taken.Length;
        if (response.Content.Headers.ContentLength is { } rest)
            Announce(rest + taken.Length - again);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[ChunkBytes];
        while (await ReadAsync(body, buffer, cancellationToken) is > 0 and var read)
        {
            var known = (int)Math.Min(again, read);
            again -= known;
            await taken.AppendAsync(buffer.AsMemory(known, read - known), cancellationToken);
            Volatile.Write(ref have, taken.Length);
            Tell();
        }

        if (size is { } whole && taken.Length < whole)
            throw new HttpRequestException($"the connection ended after {taken.Length} of {whole} bytes");
    }

    private void Announce(long whole)
    {
        lock (gate)
        {
            if (size is { } before && before != whole)
                throw new ImageException(
                    ImageError.Damaged, $"blob {digest} has {whole} bytes now and had {before} before");
            size = whole;
        }

        Tell();
    }

    private void Tell()
    {
        TaskCompletionSource before;
        lock (gate)
        {
            before = progress;
            progress = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        before.SetResult();
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
            throw new TimeoutException($"the upstream sent nothing for {Stall.TotalSeconds:0} s", error);
        }
    }
}
