using System.Globalization;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>One line of docker's json-file:
/// <c>{"log":"…\n","stream":"stdout","attrs":{…},"time":"…"}</c> and a newline.</summary>
internal static class JsonLine
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffffff00Z";

    /// <param name="attributes">A JSON object, or nothing.</param>
    /// <param name="time">As from <see cref="Timestamp"/>.</param>
    /// <param name="at">Where to begin; on success, the end.</param>
    /// <returns>False: there is no room, and <paramref name="at"/> is as it was.</returns>
    public static bool TryWrite(
        int stream, ReadOnlySpan<byte> line, ReadOnlySpan<byte> attributes, ReadOnlySpan<byte> time,
        Span<byte> to, ref int at)
    {
        var end = at;
        var ended = line is [.., (byte)'\n'];
        var written = TryCopy("{\"log\":\""u8, to, ref end)
            && JsonText.TryEscape(ended ? line[..^1] : line, to, ref end)
            && (!ended || TryCopy("\\n"u8, to, ref end))
            && TryCopy(stream == 2 ? "\",\"stream\":\"stderr\""u8 : "\",\"stream\":\"stdout\""u8, to, ref end)
            && (attributes.IsEmpty || (TryCopy(",\"attrs\":"u8, to, ref end) && TryCopy(attributes, to, ref end)))
            && TryCopy(",\"time\":\""u8, to, ref end)
            && TryCopy(time, to, ref end)
            && TryCopy("\"}\n"u8, to, ref end);
        if (written)
            at = end;
        return written;
    }

    /// <summary>Room enough for any line of this length.</summary>
    public static int LongestFor(int lineLength, int attributesLength) => 128 + (6 * lineLength) + attributesLength;

    /// <summary>RFC 3339 with nanoseconds, of which .NET's clock knows hundreds.</summary>
    public static int Timestamp(DateTimeOffset at, Span<byte> to)
    {
        at.UtcDateTime.TryFormat(to, out var written, TimeFormat, CultureInfo.InvariantCulture);
        return written;
    }

    private static bool TryCopy(ReadOnlySpan<byte> bytes, Span<byte> to, ref int at)
    {
        if (!bytes.TryCopyTo(to[at..]))
            return false;
        at += bytes.Length;
        return true;
    }
}
