using System.Buffers.Binary;

namespace Orchestrator.Engine.Building;

/// <summary>Takes docker's frames apart: a byte for the stream, three of zero, a length, then that many bytes.</summary>
internal static class FrameReader
{
    private const int HeaderSize = 8, StandardError = 2;

    /// <param name="output">Whether it is of standard error, and the bytes, valid during the call.</param>
    public static async Task CopyAsync(
        AttachedStreams streams, Func<bool, ReadOnlyMemory<byte>, ValueTask> output,
        CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        var header = new byte[HeaderSize];
        while (await FillAsync(streams, header, cancellationToken))
        {
            var left = (int)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
            while (left > 0)
            {
                var read = await streams.ReadAsync(
                    buffer.AsMemory(0, Math.Min(left, buffer.Length)), cancellationToken);
                if (read == 0)
                    return;
                left -= read;
                await output(header[0] == StandardError, buffer.AsMemory(0, read));
            }
        }
    }

    /// <returns>False: the end.</returns>
    private static async Task<bool> FillAsync(
        AttachedStreams streams, Memory<byte> into, CancellationToken cancellationToken)
    {
        while (into.Length > 0)
        {
            var read = await streams.ReadAsync(into, cancellationToken);
            if (read == 0)
                return false;
            into = into[read..];
        }

        return true;
    }
}
