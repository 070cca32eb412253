using System.IO.Compression;
using Orchestrator.Linux.Compression;

namespace Orchestrator.Images.Layers;

/// <summary>Finds out by the first bytes how a tar is compressed, whatever its media type claims.</summary>
public static class LayerCompression
{
    private const int MagicLength = 6;

    /// <summary>
    /// The plain bytes of <paramref name="source"/>, which is read and, with the result, not disposed.
    /// </summary>
    /// <remarks>
    /// Reading it fails with InvalidDataException where it is damaged or cut off; for gzip only in a process that sets
    /// <c>System.IO.Compression.UseStrictValidation</c>, as orchd does.
    /// </remarks>
    /// <exception cref="NotSupportedException">The library for it is not installed; the message says how to.</exception>
    public static async ValueTask<Stream> DecompressAsync(Stream source, CancellationToken cancellationToken)
    {
        var magic = new byte[MagicLength];
        var length = await source.ReadAtLeastAsync(magic, MagicLength, throwOnEndOfStream: false, cancellationToken);
        var whole = new PrefixedStream(magic.AsMemory(0, length), source);
        return magic switch
        {
            [0x1f, 0x8b, ..] => new GZipStream(whole, CompressionMode.Decompress, leaveOpen: true),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => new ZstdStream(whole),
            [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0] => new XzStream(whole),
            [(byte)'B', (byte)'Z', (byte)'h', ..] => new Bzip2Stream(whole),
            _ => whole,
        };
    }
}
