using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>Bytes of a container, which may be anything, as the inside of a JSON string.</summary>
internal static class JsonText
{
    private const int LongestEscape = 6;

    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    private static readonly SearchValues<byte> EscapedOrNotAscii = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\',
            .. Enumerable.Range(128, 128).Select(i => (byte)i)]);

    /// <summary>Writes <paramref name="text"/> at <paramref name="at"/>, and moves that behind it.</summary>
    /// <returns>False: there is no room; what was written is of no use.</returns>
    public static bool TryEscape(ReadOnlySpan<byte> text, Span<byte> to, ref int at)
    {
        var special = Utf8.IsValid(text) ? Escaped : EscapedOrNotAscii;
        while (true)
        {
            var plain = text.IndexOfAny(special);
            var run = plain < 0 ? text : text[..plain];
            if (!run.TryCopyTo(to[at..]))
                return false;
            at += run.Length;
            if (plain < 0)
                return true;
            text = text[plain..];
            if (to.Length - at < LongestEscape)
                return false;
            text = text[(text[0] < 128 ? Ascii(text[0], to, ref at) : Unicode(text, to, ref at))..];
        }
    }

    private static int Ascii(byte c, Span<byte> to, ref int at)
    {
        var letter = c switch
        {
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            (byte)'"' or (byte)'\\' => c,
            _ => (byte)0,
        };
        if (letter == 0)
        {
            Number(c, to, ref at);
            return 1;
        }

        to[at++] = (byte)'\\';
        to[at++] = letter;
        return 1;
    }

    /// <summary>Valid UTF-8 stays as it is; a byte that is none becomes U+FFFD.</summary>
    private static int Unicode(ReadOnlySpan<byte> text, Span<byte> to, ref int at)
    {
        if (Rune.DecodeFromUtf8(text, out var rune, out var length) != OperationStatus.Done)
        {
            Number(rune.Value, to, ref at);
            return length;
        }

        text[..length].CopyTo(to[at..]);
        at += length;
        return length;
    }

    private static void Number(int value, Span<byte> to, ref int at)
    {
        to[at++] = (byte)'\\';
        to[at++] = (byte)'u';
        value.TryFormat(to[at..], out var written, "x4", CultureInfo.InvariantCulture);
        at += written;
    }
}
