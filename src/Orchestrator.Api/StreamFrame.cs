using System.Buffers.Binary;

namespace Orchestrator.Api;

/// <summary>The 8-byte header before each chunk of a multiplexed stream: attach, exec and logs without a TTY.</summary>
/// <remarks>Layout: stream number, three zero bytes, length as big-endian 32 bits.</remarks>
public readonly record struct StreamFrame(StreamKind Kind, int Length)
{
    public const int HeaderSize = 8;

    /// <summary>The media type of a multiplexed stream, from API 1.42 on.</summary>
    public const string MultiplexedMediaType = "application/vnd.docker.multiplexed-stream";

    /// <summary>The media type of a stream that is one TTY's bytes, or of API versions before 1.42.</summary>
    public const string RawMediaType = "application/vnd.docker.raw-stream";

    public void Write(Span<byte> header)
    {
        header[..HeaderSize].Clear();
        header[0] = (byte)Kind;
        BinaryPrimitives.WriteInt32BigEndian(header[4..], Length);
    }

    /// <exception cref="InvalidDataException">
    /// The bytes are not a header: the stream is a raw one, or out of step.
    /// </exception>
    public static StreamFrame Read(ReadOnlySpan<byte> header)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(header[4..]);
        if (header[0] > (byte)StreamKind.SystemError || length < 0 || (header[1] | header[2] | header[3]) != 0)
            throw new InvalidDataException($"not a stream frame: {Convert.ToHexString(header[..HeaderSize])}");
        return new StreamFrame((StreamKind)header[0], length);
    }
}
