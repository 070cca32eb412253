namespace Orchestrator.Registry.Tests;

/// <summary>Passes on what is written, as a subclass wants it.</summary>
internal abstract class BodyStream(Stream inner) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public abstract override ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
}

/// <summary>Waits in the middle.</summary>
internal sealed class HeldStream(Stream inner, long bytes, Task until) : BodyStream(inner)
{
    private readonly Stream inner = inner;
    private long written;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (written >= bytes)
            await until.WaitAsync(cancellationToken);
        written += buffer.Length;
        await inner.WriteAsync(buffer, cancellationToken);
    }
}

/// <summary>Has its first byte wrong.</summary>
internal sealed class WrongStream(Stream inner) : BodyStream(inner)
{
    private readonly Stream inner = inner;
    private bool begun;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var bytes = buffer.ToArray();
        if (!begun && bytes.Length > 0)
            bytes[0] ^= 1;
        begun |= bytes.Length > 0;
        await inner.WriteAsync(bytes, cancellationToken);
    }
}
