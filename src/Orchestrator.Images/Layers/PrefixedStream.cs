namespace Orchestrator.Images.Layers;

/// <summary>Bytes that were read ahead, then the rest of the stream they came from.</summary>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : ForwardStream
{
    private ReadOnlyMemory<byte> ahead = prefix;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (ahead.Length == 0)
            return await rest.ReadAsync(buffer, cancellationToken);
        var count = Math.Min(ahead.Length, buffer.Length);
        ahead[..count].CopyTo(buffer);
        ahead = ahead[count..];
        return count;
    }

    public override int Read(Span<byte> buffer)
    {
        if (ahead.Length == 0)
            return rest.Read(buffer);
        var count = Math.Min(ahead.Length, buffer.Length);
        ahead.Span[..count].CopyTo(buffer);
        ahead = ahead[count..];
        return count;
    }
}
