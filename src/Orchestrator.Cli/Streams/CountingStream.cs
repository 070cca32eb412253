namespace Orchestrator.Cli.Streams;

/// <summary>Counts what goes through.</summary>
internal sealed class CountingStream(Stream inner) : OneWayStream
{
    public long Bytes { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        Bytes += count;
        return count;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        inner.Write(buffer);
        Bytes += buffer.Length;
    }
}
