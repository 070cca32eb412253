using System.Security.Cryptography;
using Orchestrator.Images.Tar;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Layers;

/// <summary>The plain bytes of a layer: hashed for the diff ID, counted against bombs.</summary>
/// <param name="compressedBytes">How many bytes went into the decompressor so far.</param>
internal sealed class MeteredStream(Stream plain, Func<long> compressedBytes, long maxBytes) : ForwardStream
{
    /// <summary>From this size on the ratio counts: less does no harm, whatever it was made from.</summary>
    private const long RatioFrom = 1L << 30;

    /// <summary>Deflate reaches 1032 on nothing but zeros; file systems do not come near this.</summary>
    private const long MaxRatio = 500;

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Bytes { get; private set; }

    /// <summary>The digest of what was read so far: at the end, the diff ID.</summary>
    public Digest Digest => Digest.OfHash(hash.GetCurrentHash());

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await plain.ReadAsync(buffer, cancellationToken);
        }
        catch (InvalidDataException error)
        {
            throw new TarException($"the compressed data is damaged: {error.Message}", error);
        }

        hash.AppendData(buffer.Span[..read]);
        Bytes += read;
        if (Bytes > maxBytes)
            throw new TarException($"the layer unpacks to more than {maxBytes} bytes");
        if (Bytes > RatioFrom && Bytes / MaxRatio > compressedBytes())
            throw new TarException($"the layer unpacks to more than {MaxRatio} times its size: it looks like a bomb");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            hash.Dispose();
        base.Dispose(disposing);
    }
}
