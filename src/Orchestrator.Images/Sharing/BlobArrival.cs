using Microsoft.Win32.SafeHandles;
using Orchestrator.Images.Content;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Sharing;

/// <summary>A blob on its way in, which others may read as it comes.</summary>
/// <remarks>
/// One writer, any number of readers. They get its last byte only once the whole is verified: nobody takes for whole
/// what has not been looked at, and who passed on damage is known for it.
/// </remarks>
public sealed class BlobArrival : IDisposable
{
    private readonly ContentStore content;
    private readonly Lock gate = new();
    private ContentIngest ingest;
    private TaskCompletionSource? changed;
    private CancellationTokenSource? reading;
    private long readable;
    private int generation;
    private bool isOver;

    internal BlobArrival(ContentStore content, Descriptor blob)
    {
        (this.content, Blob) = (content, blob);
        ingest = content.BeginIngest();
    }

    public Descriptor Blob { get; }

    /// <summary>Bytes that have come.</summary>
    public long Length => ingest.Length;

    /// <summary>The node that it is being read from; null: the registry.</summary>
    public string? Source { get; private set; }

    /// <summary>Some of the bytes came from other nodes.</summary>
    internal bool HasPeerBytes { get; private set; }

    /// <summary>It comes so slowly that another source is to be looked for.</summary>
    public void Hurry()
    {
        lock (gate)
            reading?.Cancel();
    }

    internal async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await ingest.AppendAsync(bytes, cancellationToken);
        HasPeerBytes |= Source is not null;
        Change(() => readable = Math.Min(ingest.Length, Blob.Size - 1));
    }

    /// <summary>From now on it is read from that node; null: from the registry.</summary>
    /// <param name="hurried">Cancelled by <see cref="Hurry"/>; the caller's.</param>
    internal void ReadFrom(string? node, CancellationTokenSource? hurried)
    {
        lock (gate)
            (Source, reading) = (node, hurried);
    }

    /// <summary>Throws away what has come; who reads it is cut off.</summary>
    internal void BeginAnew()
    {
        var next = content.BeginIngest();
        var before = ingest;
        Change(() => (ingest, readable, generation) = (next, 0, generation + 1));
        HasPeerBytes = false;
        before.Dispose();
    }

    /// <summary>Lets readers have the end, if the whole is what it should be.</summary>
    internal bool TryVerify()
    {
        if (ingest.Length != Blob.Size || ingest.Hash(Blob.Digest) != Blob.Digest)
            return false;
        Change(() => readable = Blob.Size);
        return true;
    }

    /// <inheritdoc cref="ContentIngest.Commit"/>
    internal void Commit(ContentLease lease)
    {
        ingest.Commit(lease, Blob.Digest);
        Change(() => readable = Blob.Size);
    }

    /// <summary>Opens what has come, for another node.</summary>
    internal SharedContent OpenRead()
    {
        SafeFileHandle file;
        int opened;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isOver, this);
            (file, opened) = (content.OpenArriving(ingest, Blob.Digest), generation);
        }

        return new SharedContent(file, Blob.Size, (offset, token) => WaitAsync(opened, offset, token));
    }

    public void Dispose()
    {
        Change(() => isOver = true);
        ingest.Dispose();
    }

    /// <summary>Waits until there is more than <paramref name="offset"/> bytes.</summary>
    /// <returns>How much there is; not more than <paramref name="offset"/>: nothing follows.</returns>
    private async ValueTask<long> WaitAsync(int opened, long offset, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (gate)
            {
                if (opened != generation)
                    return 0;
                if (readable > offset || isOver)
                    return readable;
                change = (changed ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await change.WaitAsync(cancellationToken);
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource? waiting;
        lock (gate)
        {
            change();
            (waiting, changed) = (changed, null);
        }

        waiting?.SetResult();
    }
}
