using System.Buffers;
using System.Text;

namespace Orchestrator.Runtime.Shim;

/// <summary>Bytes of a container, which may be anything, as the inside of a JSON string.</summary>
internal static class JsonText
{
    private static readonly SearchValues<byte> Special =
        SearchValues.Create(
            [.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\', .. Enumerable.Range(127, 129)
            .Select(i => (byte)i)]);

    public static void Escape(IBufferWriter<byte> to, ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny(Special);
            to.Write(plain < 0 ? text : text[..plain]);
            if (plain < 0)
                return;
            text = text[plain..];
            text = text[(text[0] < 127 ? Ascii(to, text[0]) : Unicode(to, text))..];
        }
    }

    private static int Ascii(IBufferWriter<byte> to, byte c)
    {
        switch (c)
        {
            case (byte)'\n':
                to.Write("\\n"u8);
                break;
            case (byte)'\r':
                to.Write("\\r"u8);
                break;
            case (byte)'\t':
                to.Write("\\t"u8);
                break;
            case (byte)'"':
                to.Write("\\\""u8);
                break;
            case (byte)'\\':
                to.Write("\\\\"u8);
                break;
            default:
                to.Write(Encoding.ASCII.GetBytes($"\\u{(int)c:x4}"));
                break;
        }

        return 1;
    }

    /// <summary>Valid UTF-8 stays as it is; a byte that is none becomes U+FFFD.</summary>
    private static int Unicode(IBufferWriter<byte> to, ReadOnlySpan<byte> text)
    {
        var status = Rune.DecodeFromUtf8(text, out var rune, out var length);
        if (status != OperationStatus.Done || rune.Value is 0x7f or 0x2028 or 0x2029)
            to.Write(Encoding.ASCII.GetBytes($"\\u{rune.Value:x4}"));
        else
            to.Write(text[..length]);
        return length;
    }
}
