using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Network.Helper;

/// <summary>Messages on the helper's socket: four bytes of length, little endian, then JSON.</summary>
internal static class HelperFrame
{
    private const int Limit = 64 << 20;

    public static async Task WriteAsync<T>(
        Stream stream, T message, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(message, type);
        var frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, body.Length);
        body.CopyTo(frame, 4);
        await stream.WriteAsync(frame, cancellationToken);
    }

    /// <returns>Null: the other side has closed.</returns>
    public static async Task<T?> ReadAsync<T>(
        Stream stream, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class
    {
        var header = new byte[4];
        if (await stream.ReadAtLeastAsync(header, 4, throwOnEndOfStream: false, cancellationToken) < 4)
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is < 0 or > Limit)
            throw new InvalidDataException($"a helper message of {length} bytes");
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return JsonSerializer.Deserialize(body, type);
    }
}
