using System.Security.Cryptography;
using Grpc.Core;
using Orchestrator.Protocol.V1;
using Orchestrator.Raft;

namespace Orchestrator.Store.Transport;

/// <summary>
/// The content of a snapshot as it arrives. Each chunk has its time, the whole has none; the end is checked.
/// </summary>
internal sealed class SnapshotDownload : Stream
{
    private readonly IAsyncStreamReader<FetchSnapshotResponse> responses;
    private readonly CancellationTokenSource timeout;
    private readonly TimeSpan chunkTimeout;
    private readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private ReadOnlyMemory<byte> chunk;
    private bool ended;

    private SnapshotDownload(
        SnapshotMeta meta, IAsyncStreamReader<FetchSnapshotResponse> responses, CancellationTokenSource timeout,
        TimeSpan chunkTimeout)
    {
        Meta = meta;
        (this.responses, this.timeout, this.chunkTimeout) = (responses, timeout, chunkTimeout);
    }

    public SnapshotMeta Meta { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static async Task<SnapshotDownload> StartAsync(
        IAsyncStreamReader<FetchSnapshotResponse> responses, CancellationTokenSource timeout, TimeSpan chunkTimeout)
    {
        if (!await responses.MoveNext(timeout.Token) || responses.Current.Header is not { } header)
            throw new IOException("the snapshot came without its header");
        var meta = new SnapshotMeta(header.Index, header.Term, Membership.Decode(header.Membership.Span));
        return new SnapshotDownload(meta, responses, timeout, chunkTimeout);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (chunk.IsEmpty && !ended)
            Next();
        var part = Math.Min(buffer.Length, chunk.Length);
        chunk.Span[..part].CopyTo(buffer);
        chunk = chunk[part..];
        return part;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            digest.Dispose();
        base.Dispose(disposing);
    }

    private void Next()
    {
        timeout.CancelAfter(chunkTimeout);
        // Blocking: whoever stores a snapshot does so on a thread that has nothing else to do.
        if (!responses.MoveNext(timeout.Token).GetAwaiter().GetResult())
            throw new IOException("the snapshot ends too early");
        var response = responses.Current;
        if (response.KindCase == FetchSnapshotResponse.KindOneofCase.Chunk)
        {
            chunk = response.Chunk.Memory;
            digest.AppendData(chunk.Span);
            return;
        }

        ended = true;
        if (!response.Digest.Span.SequenceEqual(digest.GetHashAndReset()))
            throw new IOException("the snapshot arrived damaged");
    }
}
