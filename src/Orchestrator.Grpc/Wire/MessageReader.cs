using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Grpc.Core;

namespace Orchestrator.Grpc.Wire;

/// <summary>Cuts a body into messages. Reads large pieces; a message is parsed where it lies, not copied.</summary>
/// <param name="body">Read up to its end, not completed.</param>
/// <param name="maxBytes">Largest message, also once decompressed; null: none.</param>
/// <param name="encoding">The peer's <c>grpc-encoding</c>, used by messages whose flag says so.</param>
internal sealed class MessageReader(PipeReader body, int? maxBytes, MessageEncoding? encoding)
{
    private readonly PayloadContext _payload = new();
    private readonly long _maxBytes = maxBytes ?? Array.MaxLength;

    /// <summary>The next message, or null at the end of the body.</summary>
    /// <exception cref="RpcException">
    /// ResourceExhausted: too large, of which nothing but the length is read. Internal: not a frame, or cut short.
    /// </exception>
    public async ValueTask<T?> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (TryCut(buffer, out var compressed, out var payload))
            {
                try
                {
                    return Parse(marshaller, compressed, payload);
                }
                finally
                {
                    body.AdvanceTo(payload.End);
                }
            }

            body.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                return buffer.IsEmpty ? null : throw Broken("Incomplete message.");
            if (read.IsCanceled)
                throw new OperationCanceledException();
        }
    }

    private bool TryCut(ReadOnlySequence<byte> buffer, out bool compressed, out ReadOnlySequence<byte> payload)
    {
        compressed = false;
        payload = default;
        if (buffer.Length < MessageBuffer.HeaderBytes)
            return false;

        Span<byte> header = stackalloc byte[MessageBuffer.HeaderBytes];
        buffer.Slice(0, MessageBuffer.HeaderBytes).CopyTo(header);
        compressed = header[0] switch
        {
            0 => false,
            1 when encoding is not null => true,
            1 => throw Broken("A message is flagged as compressed, but grpc-encoding names no compression."),
            _ => throw Broken($"Unexpected compressed flag {header[0]} in a message header."),
        };
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > _maxBytes)
            throw TooLarge($"Received message of {length} bytes");
        if (buffer.Length - MessageBuffer.HeaderBytes < length)
            return false;
        payload = buffer.Slice(MessageBuffer.HeaderBytes, length);
        return true;
    }

    private T Parse<T>(Marshaller<T> marshaller, bool compressed, ReadOnlySequence<byte> payload)
    {
        if (!compressed)
            return Deserialize(marshaller, payload);
        using var plain = new PooledBuffer();
        Decompress(payload, plain);
        return Deserialize(marshaller, new ReadOnlySequence<byte>(plain.Written));
    }

    private T Deserialize<T>(Marshaller<T> marshaller, ReadOnlySequence<byte> payload)
    {
        try
        {
            _payload.Payload = payload;
            return marshaller.ContextualDeserializer(_payload);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Broken($"A message is not a valid {typeof(T).Name}: {e.Message}", e);
        }
        finally
        {
            _payload.Payload = default;
        }
    }

    private void Decompress(ReadOnlySequence<byte> payload, PooledBuffer plain)
    {
        try
        {
            using var stream = encoding!.Decompress(new SequenceStream(payload));
            while (stream.Read(plain.GetSpan(4096)) is > 0 and var count)
            {
                plain.Advance(count);
                if (plain.Length > _maxBytes)
                    throw TooLarge($"Received message of more than {_maxBytes} bytes, decompressed,");
            }
        }
        catch (InvalidDataException e)
        {
            throw Broken($"A message is not valid {encoding!.Name}: {e.Message}", e);
        }
    }

    private RpcException TooLarge(string what) =>
        new(new Status(StatusCode.ResourceExhausted, $"{what} exceeds the maximum of {_maxBytes} bytes."));

    private static RpcException Broken(string detail, Exception? cause = null) =>
        new(new Status(StatusCode.Internal, detail, cause));
}
