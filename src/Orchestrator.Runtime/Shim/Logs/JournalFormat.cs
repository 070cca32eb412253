using System.Buffers.Binary;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>Entries of systemd's journal in its native protocol.</summary>
/// <param name="fields">What every entry of the container has, written out by the daemon.</param>
/// <remarks>A field is <c>NAME=value</c> and a newline, or, for any bytes, <c>NAME</c>, a newline, the length in 64 bits
/// little endian, the bytes, a newline. Source: systemd, JOURNAL_NATIVE_PROTOCOL.</remarks>
internal sealed class JournalFormat(ReadOnlyMemory<byte> fields) : MessageFormat
{
    public override int Stamp(DateTimeOffset at, Span<byte> to) => 0; // The journal has a clock of its own.

    public override bool TryWrite(
        int stream, ReadOnlySpan<byte> line, ReadOnlySpan<byte> stamp, Span<byte> to, ref int at)
    {
        if (to.Length - at < LongestFor(line.Length))
            return false;
        var isWhole = line is [.., (byte)'\n'];
        var text = isWhole ? line[..^1] : line;
        var end = at + Header;
        Copy(fields.Span, to, ref end);
        Copy(stream == 2 ? "PRIORITY=3\n"u8 : "PRIORITY=6\n"u8, to, ref end);
        if (!isWhole)
            Copy("CONTAINER_PARTIAL_MESSAGE=true\n"u8, to, ref end);
        Copy("MESSAGE\n"u8, to, ref end);
        BinaryPrimitives.WriteInt64LittleEndian(to[end..], text.Length);
        end += 8;
        Copy(text, to, ref end);
        Copy("\n"u8, to, ref end);
        return Close(to, ref at, end);
    }

    public override int LongestFor(int lineLength) => Header + fields.Length + 80 + lineLength;
}
