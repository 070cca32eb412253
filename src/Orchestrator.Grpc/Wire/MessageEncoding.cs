using System.IO.Compression;

namespace Orchestrator.Grpc.Wire;

/// <summary>A compression of single messages, as named in <c>grpc-encoding</c>.</summary>
internal sealed class MessageEncoding
{
    private static readonly MessageEncoding Gzip = new("gzip", CompressionLevel.Fastest);
    private static readonly MessageEncoding Deflate = new("deflate", CompressionLevel.Fastest);

    private readonly CompressionLevel _level;

    private MessageEncoding(string name, CompressionLevel level)
    {
        Name = name;
        _level = level;
    }

    public string Name { get; }

    /// <summary>Null encoding and true for <c>identity</c> or none; false for one that is not known here.</summary>
    public static bool TryFind(string? name, out MessageEncoding? encoding)
    {
        encoding = name switch
        {
            "gzip" => Gzip,
            "deflate" => Deflate,
            _ => null,
        };
        return encoding is not null || name is null or "" or "identity";
    }

    public MessageEncoding AtLevel(CompressionLevel level) => level == _level ? this : new(Name, level);

    // What HTTP calls deflate is the zlib format (RFC 1950), not the bare algorithm.
    public Stream Compress(Stream target) =>
        Name == "gzip"
            ? new GZipStream(target, _level, leaveOpen: true)
            : new ZLibStream(target, _level, leaveOpen: true);

    public Stream Decompress(Stream source) =>
        Name == "gzip"
            ? new GZipStream(source, CompressionMode.Decompress)
            : new ZLibStream(source, CompressionMode.Decompress);
}
