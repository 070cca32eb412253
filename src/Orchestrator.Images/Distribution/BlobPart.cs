using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Orchestrator.Images.Content;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Distribution;

/// <summary>A stretch of a stored blob as the body of a request.</summary>
internal sealed class BlobPart : HttpContent
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>A registry that takes nothing for this long has failed.</summary>
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(60);

    private readonly ContentStore store;
    private readonly Digest digest;
    private readonly (long From, long To) stretch;
    private readonly Action<long>? progress;

    /// <param name="from">The first byte's offset.</param>
    /// <param name="to">The offset after the last byte.</param>
    /// <param name="progress">Told how far into the blob the registry's connection has taken it.</param>
    public BlobPart(ContentStore store, Digest digest, long from, long to, Action<long>? progress)
    {
        (this.store, this.digest, stretch, this.progress) = (store, digest, (from, to), progress);
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    /// <summary>Says which stretch it is, as a chunk must.</summary>
    public BlobPart AsChunk()
    {
        // OCI writes it without the unit that HTTP has.
        Headers.TryAddWithoutValidation(
            "Content-Range", string.Create(CultureInfo.InvariantCulture, $"{stretch.From}-{stretch.To - 1}"));
        return this;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = stretch.To - stretch.From;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var blob = store.OpenRead(digest);
        blob.Position = stretch.From;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (var left = stretch.To - stretch.From; left > 0;)
            {
                var taken = buffer.AsMemory(0, (int)Math.Min(left, buffer.Length));
                await blob.ReadExactlyAsync(taken, cancellationToken);
                stalled.CancelAfter(Stall);
                await stream.WriteAsync(taken, stalled.Token);
                left -= taken.Length;
                progress?.Invoke(stretch.To - left);
            }
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"the registry took nothing for {Stall.TotalSeconds:0} s", error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
