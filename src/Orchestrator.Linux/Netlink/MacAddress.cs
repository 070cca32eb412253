using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Orchestrator.Linux.Netlink;

/// <summary>An Ethernet address.</summary>
/// <param name="Value">Its 48 bits, the first byte on the wire the highest.</param>
public readonly record struct MacAddress(long Value)
{
    /// <summary>The address every host derives alike: 02:42 and the four bytes of the IPv4 address.</summary>
    public static MacAddress Derive(IPAddress address) =>
        new(0x0242_0000_0000 | BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()));

    /// <summary>An interface may have it: it is neither zero nor, by the lowest bit of the first byte, that of many.</summary>
    public bool IsOfOne => Value != 0 && (Value >> 40 & 1) == 0;

    /// <param name="text">Six groups of two hex digits between colons.</param>
    public static bool TryParse(string text, out MacAddress address)
    {
        address = default;
        var groups = text.Split(':');
        if (groups.Length != 6 || groups.Any(g => g.Length != 2))
            return false;
        if (!long.TryParse(string.Concat(groups), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
            out var v))
            return false;
        address = new MacAddress(v);
        return true;
    }

    /// <summary>The address of IPv6 that a link gives itself. Source: RFC 4291, appendix A.</summary>
    public IPAddress LinkLocal()
    {
        var mac = ToBytes();
        return new IPAddress(
            [0xfe, 0x80, 0, 0, 0, 0, 0, 0, (byte)(mac[0] ^ 2), mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]]);
    }

    internal static MacAddress From(ReadOnlySpan<byte> six) =>
        new(((long)BinaryPrimitives.ReadUInt16BigEndian(six) << 32) | BinaryPrimitives.ReadUInt32BigEndian(six[2..]));

    internal byte[] ToBytes()
    {
        var eight = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(eight, Value);
        return eight[2..];
    }

    public override string ToString() =>
        string.Join(':', ToBytes().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
}
