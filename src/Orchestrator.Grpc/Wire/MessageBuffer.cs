using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;

namespace Orchestrator.Grpc.Wire;

/// <summary>
/// One message framed for the wire: a flag byte, four bytes of length, the payload. Used again for the next.
/// </summary>
internal sealed class MessageBuffer : SerializationContext, IDisposable
{
    public const int HeaderBytes = 5;

    private PooledBuffer _frame = new();
    private PooledBuffer? _spare;
    private bool _complete;

    public MessageBuffer() => Begin();

    public ReadOnlyMemory<byte> Frame => _frame.Written;

    public ReadOnlyMemory<byte> Payload => _frame.Written[HeaderBytes..];

    /// <summary>Fills the frame with one message.</summary>
    /// <param name="maxBytes">Largest payload before compression; null: no limit.</param>
    /// <param name="encoding">Compress with it; null: send as it is.</param>
    /// <exception cref="RpcException">
    /// ResourceExhausted: the message is larger than <paramref name="maxBytes"/>.
    /// </exception>
    public void Fill<T>(Marshaller<T> marshaller, T message, int? maxBytes, MessageEncoding? encoding)
    {
        Begin();
        marshaller.ContextualSerializer(message, this);
        if (!_complete)
            throw new InvalidOperationException($"The serializer of {typeof(T).Name} did not complete its message.");
        if (Payload.Length > maxBytes)
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted,
                $"Sending message of {Payload.Length} bytes exceeds the maximum of {maxBytes} bytes."));
        if (encoding is not null)
            Compress(encoding);
        var header = _frame.Written.Span;
        header[0] = encoding is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)Payload.Length);
    }

    public override void Complete(byte[] payload)
    {
        _frame.Write(payload);
        Complete();
    }

    public override void Complete() => _complete = true;

    public override IBufferWriter<byte> GetBufferWriter() => _frame;

    public override void SetPayloadLength(int payloadLength) => _frame.Reserve(payloadLength);

    /// <summary>Gives back the memory of a large message; keeps that of a small one for the next.</summary>
    public void Release() => _frame.Clear();

    /// <inheritdoc cref="PooledBuffer.Abandon"/>
    public void Abandon() => _frame.Abandon();

    public void Dispose()
    {
        _frame.Dispose();
        _spare?.Dispose();
    }

    private void Begin()
    {
        _complete = false;
        _frame.Clear();
        _frame.GetSpan(HeaderBytes);
        _frame.Advance(HeaderBytes);
    }

    private void Compress(MessageEncoding encoding)
    {
        var target = _spare ?? new PooledBuffer();
        target.Clear();
        target.GetSpan(HeaderBytes);
        target.Advance(HeaderBytes);
        using (var stream = encoding.Compress(new PooledBufferStream(target)))
            stream.Write(Payload.Span);
        _frame.Clear();
        (_frame, _spare) = (target, _frame);
    }
}
