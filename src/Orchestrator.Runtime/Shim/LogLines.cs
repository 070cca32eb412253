namespace Orchestrator.Runtime.Shim;

/// <summary>
/// Cuts a stream into lines, newline included; what is longer than 16 KiB comes in parts without one.
/// </summary>
internal sealed class LogLines
{
    public const int MaxPart = 16 << 10;

    private readonly byte[] pending = new byte[MaxPart];
    private int length;

    public delegate void LineHandler(ReadOnlySpan<byte> line);

    public void Add(ReadOnlySpan<byte> bytes, LineHandler handle)
    {
        while (!bytes.IsEmpty)
        {
            var room = bytes[..Math.Min(bytes.Length, MaxPart - length)];
            var newline = room.IndexOf((byte)'\n');
            var take = newline < 0 ? room.Length : newline + 1;
            room[..take].CopyTo(pending.AsSpan(length));
            length += take;
            bytes = bytes[take..];
            if (newline >= 0 || length == MaxPart)
                End(handle);
        }
    }

    /// <summary>Hands out what is there.</summary>
    public void End(LineHandler handle)
    {
        if (length > 0)
            handle(pending.AsSpan(0, length));
        length = 0;
    }
}
