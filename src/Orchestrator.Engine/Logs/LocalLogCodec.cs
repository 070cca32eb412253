using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Engine.Logs;

/// <summary>Docker's local: a protobuf message between its length and its length again, both big endian.</summary>
/// <remarks>LogEntry: 1 source, 2 time in ns, 3 line without its newline, 4 partial. Source: moby,
/// api/types/plugins/logdriver/entry.proto.</remarks>
internal sealed class LocalLogCodec : LogCodec
{
    private const int Frame = 8, Longest = 1 << 20;

    public override int First(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Frame)
            return 0;
        // A length that cannot be is passed over with all that follows: nothing tells where the next record begins.
        var body = BinaryPrimitives.ReadInt32BigEndian(bytes);
        return body is < 0 or > Longest ? bytes.Length : bytes.Length >= body + Frame ? body + Frame : 0;
    }

    public override bool TryParse(ReadOnlySpan<byte> record, [NotNullWhen(true)] out LogEntry? entry)
    {
        entry = null;
        var body = BinaryPrimitives.ReadInt32BigEndian(record);
        if (body != record.Length - Frame)
            return false;
        var (stream, time, isPartial) = (LogStream.Stdout, 0L, false);
        ReadOnlySpan<byte> line = default;
        var rest = record[4..^4];
        while (!rest.IsEmpty)
        {
            if (!TryVarint(ref rest, out var tag) || !TryVarint(ref rest, out var value))
                return false;
            if ((tag & 7) == 0)
                (time, isPartial) = (tag == 0x10 ? (long)value : time, tag == 0x20 ? value != 0 : isPartial);
            else if ((tag & 7) == 2 && value <= (ulong)rest.Length)
                Take(tag, (int)value, ref rest, ref line, ref stream);
            else
                return false;
        }

        byte[] text = isPartial ? line.ToArray() : [.. line, (byte)'\n'];
        entry = new LogEntry(
            stream, DateTimeOffset.UnixEpoch.AddTicks(time / TimeSpan.NanosecondsPerTick), text);
        return true;
    }

    public override int SeekBack(FileStream file, int records)
    {
        Span<byte> number = stackalloc byte[4];
        var (position, found) = (file.Length, 0);
        for (; position >= Frame && found < records; found++)
        {
            file.Position = position - 4;
            file.ReadExactly(number);
            var body = BinaryPrimitives.ReadInt32BigEndian(number);
            if (body is < 0 or > Longest || body + Frame > position)
                break; // The torn end of a shim that was killed.
            position -= body + Frame;
        }

        file.Position = position;
        return found;
    }

    private static void Take(
        ulong tag, int length, ref ReadOnlySpan<byte> rest, ref ReadOnlySpan<byte> line, ref LogStream stream)
    {
        if (tag == 0x1a)
            line = rest[..length];
        else if (tag == 0x0a)
            stream = rest[..length].SequenceEqual("stderr"u8) ? LogStream.Stderr : LogStream.Stdout;
        rest = rest[length..];
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> from, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && !from.IsEmpty; shift += 7)
        {
            var next = from[0];
            from = from[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return true;
        }

        return false;
    }
}
