namespace Orchestrator.Engine.Files;

/// <summary>A stream whose reads are done when they return: whoever reads it stays on his thread.</summary>
internal sealed class BlockingStream(Stream inner) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Asked the way a server allows: bodies of requests have asynchronous reads only.</summary>
    public override int Read(byte[] buffer, int offset, int count) =>
        inner.ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(inner.ReadAsync(buffer, offset, count, cancellationToken).GetAwaiter().GetResult());

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(inner.ReadAsync(buffer, cancellationToken).AsTask().GetAwaiter().GetResult());

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
