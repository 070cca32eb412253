using System.Buffers;

namespace Orchestrator.Grpc.Wire;

/// <summary>Reads a received payload, for readers that want a stream.</summary>
/// <remarks>The stream of a PipeReader over a sequence throws at the end of one that spans several buffers.</remarks>
internal sealed class SequenceStream(ReadOnlySequence<byte> rest) : Stream
{
    private ReadOnlySequence<byte> _rest = rest;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var piece = _rest.Slice(0, Math.Min(buffer.Length, _rest.Length));
        piece.CopyTo(buffer);
        _rest = _rest.Slice(piece.End);
        return (int)piece.Length;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
