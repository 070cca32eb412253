using System.Buffers.Binary;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>Docker's local: a protobuf message between its length and its length again, both big endian, so that it can
/// be read from either end.</summary>
/// <remarks>LogEntry: 1 source, 2 time in ns, 3 line without its newline, 4 partial. Source: moby,
/// api/types/plugins/logdriver/entry.proto.</remarks>
internal sealed class LocalFormat : LogFormat
{
    private const int Frame = 8;

    /// <summary>Longer ones are no records: no line is.</summary>
    private const int Longest = 1 << 20;

    private const byte Source = 0x0a, Time = 0x10, Line = 0x1a, Partial = 0x20;

    public override int Stamp(DateTimeOffset at, Span<byte> to) =>
        Varint((ulong)(at - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick, to);

    public override bool TryWrite(
        int stream, ReadOnlySpan<byte> line, ReadOnlySpan<byte> stamp, Span<byte> to, ref int at)
    {
        if (to.Length - at < LongestFor(line.Length))
            return false;
        var isWhole = line is [.., (byte)'\n'];
        var text = isWhole ? line[..^1] : line;
        var body = to[(at + 4)..];
        var end = Field(Source, stream == 2 ? "stderr"u8 : "stdout"u8, body);
        body[end++] = Time;
        stamp.CopyTo(body[end..]);
        end += stamp.Length;
        end += Field(Line, text, body[end..]);
        if (!isWhole)
            (body[end], body[end + 1], end) = (Partial, 1, end + 2);
        BinaryPrimitives.WriteInt32BigEndian(to[at..], end);
        BinaryPrimitives.WriteInt32BigEndian(body[end..], end);
        at += end + Frame;
        return true;
    }

    public override int LongestFor(int lineLength) => 64 + lineLength;

    public override int First(ReadOnlySpan<byte> records) => records.Length < Frame
        ? 0 : BinaryPrimitives.ReadInt32BigEndian(records) is >= 0 and < Longest and var body
            && records.Length >= body + Frame && BinaryPrimitives.ReadInt32BigEndian(records[(4 + body)..]) == body
            ? body + Frame : 0;

    /// <summary>Cuts off what is no whole record.</summary>
    public override void Mend(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (EndsWell(file))
            return;
        var (buffer, whole) = (new byte[Longest + Frame], 0L);
        while (true)
        {
            file.Position = whole;
            var records = buffer.AsSpan(0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
            var length = Within(records, records.Length);
            if (length == 0)
                break;
            whole += length;
        }

        file.SetLength(whole);
    }

    private static bool EndsWell(FileStream file)
    {
        if (file.Length < Frame)
            return file.Length == 0;
        Span<byte> number = stackalloc byte[4];
        file.Position = file.Length - 4;
        file.ReadExactly(number);
        var body = BinaryPrimitives.ReadInt32BigEndian(number);
        if (body is < 0 or >= Longest || file.Length < body + Frame)
            return false;
        file.Position = file.Length - body - Frame;
        file.ReadExactly(number);
        return BinaryPrimitives.ReadInt32BigEndian(number) == body;
    }

    private static int Field(byte tag, ReadOnlySpan<byte> bytes, Span<byte> to)
    {
        to[0] = tag;
        var length = 1 + Varint((ulong)bytes.Length, to[1..]);
        bytes.CopyTo(to[length..]);
        return length + bytes.Length;
    }

    private static int Varint(ulong value, Span<byte> to)
    {
        var length = 0;
        for (; value >= 0x80; value >>= 7)
            to[length++] = (byte)(value | 0x80);
        to[length++] = (byte)value;
        return length;
    }
}
