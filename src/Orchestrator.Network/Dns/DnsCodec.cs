using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;

namespace Orchestrator.Network.Dns;

/// <summary>Reads questions and writes answers. Never throws on any input. Source: RFC 1035 §4, RFC 6891 §6.</summary>
internal static class DnsCodec
{
    private const int HeaderSize = 12;
    private const int ClassicSize = 512;
    private const int OurPayloadSize = 1232;
    private const ushort Response = 0x8000, Authoritative = 0x0400, Truncated = 0x0200;
    private const ushort RecursionDesired = 0x0100, RecursionAvailable = 0x0080;

    /// <returns>Null: not a question with exactly one entry; it deserves no answer, or FORMERR if it has a
    /// header.</returns>
    public static DnsQuery? ReadQuery(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderSize)
            return null;
        var flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        var questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        if ((flags & Response) != 0 || (flags & 0x7800) != 0 || questions != 1)
            return null;
        if (ReadName(message[HeaderSize..]) is not var (name, size) || message.Length < HeaderSize + size + 4)
            return null;
        var question = message.Slice(HeaderSize, size + 4);
        var payload = EdnsPayload(message, HeaderSize + size + 4);
        return new DnsQuery(
            BinaryPrimitives.ReadUInt16BigEndian(message),
            name,
            (DnsType)BinaryPrimitives.ReadUInt16BigEndian(question[size..]),
            Math.Clamp(payload ?? ClassicSize, ClassicSize, OurPayloadSize),
            (flags & RecursionDesired) != 0,
            payload is not null,
            [.. question]);
    }

    /// <param name="limit">Bytes the answer may have; records that do not fit are left out and TC is set.</param>
    /// <param name="negativeTtl">Seconds that the asker may keep that there is nothing, if there is not.</param>
    public static byte[] WriteAnswer(
        DnsQuery query, DnsCode code, IReadOnlyList<DnsRecord> records, int limit,
        int negativeTtl = NameTable.TtlSeconds)
    {
        var edns = query.Edns ? 11 : 0;
        var body = new List<byte>();
        var written = 0;
        foreach (var record in records)
        {
            var bytes = WriteRecord(record);
            if (HeaderSize + query.Question.Length + body.Count + bytes.Length + edns > limit)
                break;
            body.AddRange(bytes);
            written++;
        }

        var nothing = records.Count == 0 && code is DnsCode.NoError or DnsCode.NameError ? WriteNothing(negativeTtl) : [];
        if (HeaderSize + query.Question.Length + nothing.Length + edns > limit)
            nothing = [];
        body.AddRange(nothing);
        var flags = Response | Authoritative | RecursionAvailable | (int)code;
        if (query.RecursionDesired)
            flags |= RecursionDesired;
        if (written < records.Count)
            flags |= Truncated;
        var message = new byte[HeaderSize + query.Question.Length + body.Count + edns];
        BinaryPrimitives.WriteUInt16BigEndian(message, query.Id);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)flags);
        message[5] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), (ushort)written);
        message[9] = (byte)(nothing.Length > 0 ? 1 : 0);
        query.Question.CopyTo(message.AsSpan(HeaderSize));
        body.CopyTo(message, HeaderSize + query.Question.Length);
        if (query.Edns)
            WriteEdns(message);
        return message;
    }

    /// <summary>Does a datagram from an upstream answer this question? Its id is compared by the caller.</summary>
    public static bool IsAnswerTo(ReadOnlySpan<byte> answer, DnsQuery query) =>
        answer.Length >= HeaderSize + query.Question.Length
        && (answer[2] & 0x80) != 0
        && ReadName(answer[HeaderSize..]) is var (name, size) && name == query.Name && size + 4 == query.Question.Length
        && answer.Slice(HeaderSize + size, 4).SequenceEqual(query.Question.AsSpan()[size..]);

    public static bool IsTruncated(ReadOnlySpan<byte> answer) => answer.Length > 2 && (answer[2] & 0x02) != 0;

    /// <summary>How long a server says that there is nothing. Source: RFC 2308 §5.</summary>
    /// <returns>Seconds; null: there is something, or it may not be kept.</returns>
    public static int? NegativeTtl(ReadOnlySpan<byte> answer)
    {
        if (answer.Length < HeaderSize || answer[6] != 0 || answer[7] != 0 || IsTruncated(answer)
            || (DnsCode)(answer[3] & 15) is not (DnsCode.NoError or DnsCode.NameError)
            || Skip(answer, HeaderSize) is not { } at)
            return null;
        at += 4;
        for (var left = BinaryPrimitives.ReadUInt16BigEndian(answer[8..]); left > 0; left--)
        {
            if (Skip(answer, at) is not { } fields || fields + 10 > answer.Length)
                return null;
            int size = BinaryPrimitives.ReadUInt16BigEndian(answer[(fields + 8)..]);
            at = fields + 10 + size;
            if (at > answer.Length)
                return null;
            if ((DnsType)BinaryPrimitives.ReadUInt16BigEndian(answer[fields..]) == DnsType.Soa && size >= 22)
            {
                var ttl = BinaryPrimitives.ReadUInt32BigEndian(answer[(fields + 4)..]);
                return (int)Math.Min(int.MaxValue, Math.Min(ttl, BinaryPrimitives.ReadUInt32BigEndian(answer[(at - 4)..])));
            }
        }

        return null;
    }

    /// <summary>A question as a client would send it; used by tests and probes.</summary>
    public static byte[] WriteQuery(ushort id, string name, DnsType type)
    {
        byte[] question = [.. WriteName(name), (byte)((int)type >> 8), (byte)type, 0, 1];
        byte[] message = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. question];
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        return message;
    }

    /// <summary>Code and records of an answer that <see cref="WriteAnswer"/> or any server wrote.</summary>
    public static (DnsCode Code, bool Truncated, ImmutableArray<DnsRecord> Records)? ReadAnswer(
        ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderSize || (message[2] & 0x80) == 0 || Skip(message, HeaderSize) is not { } at)
            return null;
        at += 4;
        var records = ImmutableArray.CreateBuilder<DnsRecord>();
        for (var left = BinaryPrimitives.ReadUInt16BigEndian(message[6..]); left > 0; left--)
        {
            if (Skip(message, at) is not { } fields || fields + 10 > message.Length)
                return null;
            int size = BinaryPrimitives.ReadUInt16BigEndian(message[(fields + 8)..]);
            at = fields + 10 + size;
            if (at > message.Length)
                return null;
            var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message[fields..]);
            var ttl = BinaryPrimitives.ReadInt32BigEndian(message[(fields + 4)..]);
            if (ReadValue(type, message.Slice(fields + 10, size)) is { } value)
                records.Add(new DnsRecord(type, value, ttl));
        }

        return ((DnsCode)(message[3] & 15), IsTruncated(message), records.ToImmutable());
    }

    private static string? ReadValue(DnsType type, ReadOnlySpan<byte> data) => type switch
    {
        DnsType.A when data.Length == 4 => new IPAddress(data).ToString(),
        DnsType.Aaaa when data.Length == 16 => new IPAddress(data).ToString(),
        DnsType.Ptr => ReadName(data)?.Name,
        DnsType.Srv when data.Length > 6 && ReadName(data[6..]) is var (target, _) =>
            $"{BinaryPrimitives.ReadUInt16BigEndian(data[4..])} {target}",
        _ => null,
    };

    private static byte[] WriteRecord(DnsRecord record)
    {
        byte[] data = record.Type switch
        {
            DnsType.A or DnsType.Aaaa => IPAddress.Parse(record.Value).GetAddressBytes(),
            DnsType.Srv => WriteService(record.Value),
            _ => [.. WriteName(record.Value)],
        };
        var bytes = new byte[12 + data.Length];
        bytes[0] = 0xc0; // The name asked for, by reference.
        bytes[1] = HeaderSize;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)record.Type);
        bytes[5] = 1;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(6), record.TtlSeconds);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), (ushort)data.Length);
        data.CopyTo(bytes, 12);
        return bytes;
    }

    /// <summary>All targets are as good as one another: priority and weight are 0.</summary>
    private static byte[] WriteService(string value)
    {
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        var port = ushort.Parse(value.AsSpan(0, space), CultureInfo.InvariantCulture);
        return [0, 0, 0, 0, (byte)(port >> 8), (byte)port, .. WriteName(value[(space + 1)..])];
    }

    /// <summary>The record that says how long there is nothing: of a zone that is the name asked for.</summary>
    private static byte[] WriteNothing(int seconds)
    {
        var bytes = new byte[12 + 2 + 20];
        bytes[0] = 0xc0;
        bytes[1] = HeaderSize;
        bytes[3] = (byte)DnsType.Soa;
        bytes[5] = 1;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(6), seconds);
        bytes[11] = 2 + 20; // Two roots for names, then serial, refresh, retry, expire and minimum.
        for (var at = 14 + 4; at < bytes.Length; at += 4)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), seconds);
        return bytes;
    }

    private static void WriteEdns(byte[] message)
    {
        message[11] = 1;
        var option = message.AsSpan(message.Length - 11);
        option[2] = (byte)DnsType.Opt;
        BinaryPrimitives.WriteUInt16BigEndian(option[3..], OurPayloadSize);
    }

    private static List<byte> WriteName(string name)
    {
        var bytes = new List<byte>();
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var text = Encoding.ASCII.GetBytes(label);
            bytes.Add((byte)Math.Min(text.Length, 63));
            bytes.AddRange(text.AsSpan(0, Math.Min(text.Length, 63)));
        }

        bytes.Add(0);
        return bytes;
    }

    /// <summary>Reads an uncompressed name; a question has no other, for nothing comes before it.</summary>
    private static (string Name, int Size)? ReadName(ReadOnlySpan<byte> bytes)
    {
        var name = new StringBuilder();
        var at = 0;
        while (at < bytes.Length && at < 255)
        {
            int length = bytes[at++];
            if (length == 0)
                return (DnsName.Normalize(name.ToString()), at);
            if (length > 63 || at + length > bytes.Length)
                return null;
            name.Append(Encoding.Latin1.GetString(bytes.Slice(at, length))).Append('.');
            at += length;
        }

        return null;
    }

    /// <summary>Where a name ends, be it compressed or not.</summary>
    private static int? Skip(ReadOnlySpan<byte> message, int at)
    {
        while (at < message.Length)
        {
            int length = message[at];
            if (length >= 0xc0)
                return at + 2 <= message.Length ? at + 2 : null;
            at += length + 1;
            if (length == 0)
                return at;
        }

        return null;
    }

    private static int? EdnsPayload(ReadOnlySpan<byte> message, int at)
    {
        // A query's only extra record is OPT: root name, type 41, and the class field holds the size.
        var extra = BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        var answers = BinaryPrimitives.ReadUInt32BigEndian(message[6..]);
        if (extra == 0 || answers != 0 || message.Length < at + 11 || message[at] != 0)
            return null;
        return BinaryPrimitives.ReadUInt16BigEndian(message[(at + 1)..]) == (int)DnsType.Opt
            ? BinaryPrimitives.ReadUInt16BigEndian(message[(at + 3)..])
            : null;
    }
}
