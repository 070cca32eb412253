namespace Orchestrator.EngineApi.Hijacking;

/// <summary>Takes docker's frame headers out of a stream that comes in pieces of any size.</summary>
internal sealed class FrameStripper
{
    private readonly byte[] header = new byte[Api.StreamFrame.HeaderSize];
    private int headed;
    private int left;

    /// <param name="piece">Overwritten: what is left of it is moved to its beginning.</param>
    /// <returns>How many bytes that is.</returns>
    public int Strip(Span<byte> piece)
    {
        var kept = 0;
        for (var at = 0; at < piece.Length;)
        {
            if (left == 0)
            {
                at += TakeHeader(piece[at..]);
                continue;
            }

            var count = Math.Min(left, piece.Length - at);
            piece.Slice(at, count).CopyTo(piece[kept..]);
            (at, kept, left) = (at + count, kept + count, left - count);
        }

        return kept;
    }

    private int TakeHeader(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(header.Length - headed, bytes.Length);
        bytes[..count].CopyTo(header.AsSpan(headed));
        headed += count;
        if (headed == header.Length)
            (headed, left) = (0, Api.StreamFrame.Read(header).Length);
        return count;
    }
}
