using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Orchestrator.Linux.Netlink;

/// <summary>The attributes of a received message. Never throws on malformed input: what does not fit is not
/// there.</summary>
internal readonly ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>Payload of the first attribute of a type; empty when absent.</summary>
    public ReadOnlySpan<byte> this[int type]
    {
        get
        {
            foreach (var (found, payload) in this)
            {
                if (found == type)
                    return payload;
            }

            return default;
        }
    }

    public NetlinkAttributes Nested(int type) => new(this[type]);

    public int? Int32(int type) => this[type] is { Length: >= 4 } p ? BinaryPrimitives.ReadInt32LittleEndian(p) : null;

    public ushort? UInt16(int type) =>
        this[type] is { Length: >= 2 } p ? BinaryPrimitives.ReadUInt16LittleEndian(p) : null;

    public ushort? BigEndianUInt16(int type) =>
        this[type] is { Length: >= 2 } p ? BinaryPrimitives.ReadUInt16BigEndian(p) : null;

    public byte? Byte(int type) => this[type] is { Length: >= 1 } p ? p[0] : null;

    public string? Text(int type)
    {
        var payload = this[type];
        return payload.IsEmpty ? null : Encoding.UTF8.GetString(payload.TrimEnd((byte)0));
    }

    public IPAddress? Address(int type) => this[type] is { Length: 4 or 16 } p ? new IPAddress(p) : null;

    public MacAddress? Mac(int type) => this[type] is { Length: 6 } p ? MacAddress.From(p) : null;

    public Enumerator GetEnumerator() => new(bytes);

    public ref struct Enumerator(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> rest = rest;
        private ReadOnlySpan<byte> payload;
        private int type;

        public readonly Attribute Current => new(type, payload);

        public bool MoveNext()
        {
            if (rest.Length < 4)
                return false;
            int size = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            if (size < 4 || size > rest.Length)
                return false;
            // Without the nested and byte-order bits.
            type = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) & 0x3fff;
            payload = rest[4..size];
            rest = rest[Math.Min(rest.Length, (size + 3) & ~3)..];
            return true;
        }
    }

    public readonly ref struct Attribute(int type, ReadOnlySpan<byte> payload)
    {
        private readonly ReadOnlySpan<byte> payload = payload;

        public void Deconstruct(out int attribute, out ReadOnlySpan<byte> content)
        {
            attribute = type;
            content = payload;
        }
    }
}
