namespace Orchestrator.EngineApi.Images;

/// <summary>Reads on from another stream, and says from time to time how much that was.</summary>
/// <param name="every">Bytes between two reports.</param>
internal sealed class MeteredStream(Stream inner, int every, Action<long> report) : Stream
{
    private long done, told;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => done; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer, cancellationToken));

    public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private int Count(int count)
    {
        done += count;
        if (done - told >= every || (count == 0 && told < done))
        {
            told = done;
            report(done);
        }

        return count;
    }
}
