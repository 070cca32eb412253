namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>
/// Cuts a stream into lines, newline included; what is longer than 16 KiB comes in parts without one.
/// </summary>
internal sealed class LogLines
{
    public const int MaxPart = 16 << 10;

    private byte[]? pending;
    private int length;

    public delegate void LineHandler(ReadOnlySpan<byte> line);

    public void Add(ReadOnlySpan<byte> bytes, LineHandler handle)
    {
        while (!bytes.IsEmpty)
        {
            var room = bytes[..Math.Min(bytes.Length, MaxPart - length)];
            var newline = room.IndexOf((byte)'\n');
            var take = room[..(newline < 0 ? room.Length : newline + 1)];
            bytes = bytes[take.Length..];
            var whole = newline >= 0 || length + take.Length == MaxPart;
            if (whole && length == 0)
            {
                handle(take); // The usual case: nothing to keep, nothing to copy.
                continue;
            }

            take.CopyTo((pending ??= new byte[MaxPart]).AsSpan(length));
            length += take.Length;
            if (whole)
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
