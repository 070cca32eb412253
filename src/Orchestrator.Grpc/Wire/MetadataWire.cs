using Grpc.Core;

namespace Orchestrator.Grpc.Wire;

/// <summary>Metadata as HTTP headers: <c>-bin</c> in base64, names of the protocol itself left out.</summary>
internal static class MetadataWire
{
    public static bool IsReserved(string name) =>
        name.StartsWith(':')
        || name.ToLowerInvariant() is WireNames.Timeout or WireNames.Status or WireNames.Message or WireNames.Encoding
            or WireNames.AcceptEncoding or WireNames.EncodingRequest or "te" or "content-type" or "content-encoding"
            or "content-length" or "transfer-encoding" or "connection" or "host" or "date" or "server";

    public static string Encode(Metadata.Entry entry) =>
        entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes).TrimEnd('=') : entry.Value;

    /// <summary>Adds what a peer sent under one name. What is no base64 under a <c>-bin</c> name is left out.</summary>
    public static void Receive(Metadata metadata, string name, string? value)
    {
        if (value is null || IsReserved(name))
            return;
        var key = name.ToLowerInvariant();
        if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
        {
            metadata.Add(Metadata.Entry.Received(key, value));
            return;
        }

        // Some senders join several values of one name by commas, which base64 does not use.
        foreach (var part in value.Split(','))
        {
            if (TryDecodeBase64(part.Trim(), out var bytes))
                metadata.Add(Metadata.Entry.Received(key, bytes));
        }
    }

    private static bool TryDecodeBase64(string text, out byte[] bytes)
    {
        var padded = (text.Length % 4) switch
        {
            2 => text + "==",
            3 => text + "=",
            _ => text,
        };
        bytes = new byte[padded.Length / 4 * 3];
        var valid = Convert.TryFromBase64String(padded, bytes, out var length);
        Array.Resize(ref bytes, valid ? length : 0);
        return valid;
    }
}
