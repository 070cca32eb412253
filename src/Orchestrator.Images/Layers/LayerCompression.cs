using System.IO.Compression;
using Orchestrator.Linux;

namespace Orchestrator.Images.Layers;

/// <summary>Finds out by the first bytes how a tar is compressed, whatever its media type claims.</summary>
public static class LayerCompression
{
    private const int MagicLength = 6;

    /// <summary>
    /// The plain bytes of <paramref name="source"/>, which is read and, with the result, not disposed.
    /// </summary>
    /// <exception cref="ImageException">Invalid: a compression we do not read, with the way around it.</exception>
    public static async ValueTask<Stream> DecompressAsync(Stream source, CancellationToken cancellationToken)
    {
        var magic = new byte[MagicLength];
        var length = await source.ReadAtLeastAsync(magic, MagicLength, throwOnEndOfStream: false, cancellationToken);
        var whole = new PrefixedStream(magic.AsMemory(0, length), source);
        return magic switch
        {
            [0x1f, 0x8b, ..] => new GZipStream(whole, CompressionMode.Decompress, leaveOpen: true),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => new ZstdStream(whole),
            [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0] => throw Unsupported("xz", "xz -d"),
            [(byte)'B', (byte)'Z', (byte)'h', ..] => throw Unsupported("bzip2", "bzip2 -d"),
            _ => whole,
        };
    }

    private static ImageException Unsupported(string name, string command) => new(ImageError.Invalid,
        $"the archive is compressed with {name}, which is not supported: decompress it first ({command})");
}
