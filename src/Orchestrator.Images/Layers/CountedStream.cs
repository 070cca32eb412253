namespace Orchestrator.Images.Layers;

/// <summary>Counts the bytes read of a stream, tells who wants to know, and owns the stream.</summary>
internal sealed class CountedStream(Stream source, IProgress<long>? progress) : ForwardStream
{
    public long Bytes { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer, cancellationToken);
        Bytes += read;
        progress?.Report(Bytes);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }
}
