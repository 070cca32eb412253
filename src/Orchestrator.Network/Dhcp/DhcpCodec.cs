using System.Buffers.Binary;
using System.Net;
using System.Text;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Dhcp;

/// <summary>Messages of DHCPv4 to bytes and back. Pure; no input makes it throw.</summary>
internal static class DhcpCodec
{
    private const int FixedSize = 236, SmallestMessage = 300;
    private const uint Cookie = 0x63825363;
    private const byte Ethernet = 1;

    /// <summary>As a client sends it.</summary>
    public static byte[] Write(DhcpMessage message)
    {
        var bytes = new List<byte>(new byte[FixedSize]);
        var mac = Bytes(message.Mac);
        bytes[0] = 1;
        bytes[1] = Ethernet;
        bytes[2] = 6;
        Put(bytes, 4, Number(message.Transaction));
        if (message.Client is { } client)
            Put(bytes, 12, client.GetAddressBytes());
        Put(bytes, 28, mac);
        bytes.AddRange(Number(Cookie));
        Option(bytes, 53, [(byte)message.Type]);
        Option(bytes, 61, [Ethernet, .. mac]);
        Option(bytes, 50, message.Requested?.GetAddressBytes());
        Option(bytes, 54, message.Server?.GetAddressBytes());
        if (message.Hostname.Length > 0)
            Option(bytes, 12, Encoding.ASCII.GetBytes(message.Hostname.Length > 63 ? message.Hostname[..63] : message.Hostname));
        if (message.Type is DhcpType.Discover or DhcpType.Request)
            Option(bytes, 55, [1, 3, 51, 54, 58, 59]);
        bytes.Add(255);
        while (bytes.Count < SmallestMessage)
            bytes.Add(0); // Some relays drop what is shorter than BOOTP's.
        return [.. bytes];
    }

    /// <summary>As a server sends it; null: it is none, or not whole.</summary>
    public static DhcpMessage? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedSize + 4 || bytes[0] != 2
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[FixedSize..]) != Cookie)
            return null;
        var options = Options(bytes[(FixedSize + 4)..]);
        if (options.GetValueOrDefault((byte)53) is not { Length: 1 } type)
            return null;
        return new DhcpMessage(
            (DhcpType)type[0], BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), Mac(bytes.Slice(28, 6)))
        {
            Given = new IPAddress(bytes.Slice(16, 4)),
            Server = Address(options, 54),
            Mask = Address(options, 1),
            Router = Address(options, 3),
            LeaseTime = Seconds(options, 51),
            RenewalTime = Seconds(options, 58),
            RebindingTime = Seconds(options, 59),
            Text = options.GetValueOrDefault((byte)56) is { } text ? Encoding.UTF8.GetString(text) : "",
        };
    }

    /// <summary>An option may come in several pieces, which belong together. Source: RFC 3396.</summary>
    private static Dictionary<byte, byte[]> Options(ReadOnlySpan<byte> rest)
    {
        var options = new Dictionary<byte, byte[]>();
        while (rest.Length > 0 && rest[0] != 255)
        {
            if (rest[0] == 0)
            {
                rest = rest[1..];
                continue;
            }

            if (rest.Length < 2 || rest.Length < 2 + rest[1])
                break;
            var value = rest.Slice(2, rest[1]);
            options[rest[0]] = [.. options.GetValueOrDefault(rest[0]) ?? [], .. value];
            rest = rest[(2 + value.Length)..];
        }

        return options;
    }

    /// <summary>The first address of an option that may list several.</summary>
    private static IPAddress? Address(Dictionary<byte, byte[]> options, byte code) =>
        options.GetValueOrDefault(code) is { Length: >= 4 } value ? new IPAddress(value.AsSpan(0, 4)) : null;

    private static uint? Seconds(Dictionary<byte, byte[]> options, byte code) =>
        options.GetValueOrDefault(code) is { Length: 4 } value ? BinaryPrimitives.ReadUInt32BigEndian(value) : null;

    private static void Option(List<byte> bytes, byte code, byte[]? value)
    {
        if (value is not null)
            bytes.AddRange([code, (byte)value.Length, .. value]);
    }

    private static void Put(List<byte> bytes, int at, ReadOnlySpan<byte> value)
    {
        for (var i = 0; i < value.Length; i++)
            bytes[at + i] = value[i];
    }

    private static byte[] Number(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] Bytes(MacAddress mac) =>
        [.. Enumerable.Range(0, 6).Select(at => (byte)(mac.Value >> (8 * (5 - at))))];

    private static MacAddress Mac(ReadOnlySpan<byte> six)
    {
        long value = 0;
        foreach (var one in six)
            value = (value << 8) | one;
        return new MacAddress(value);
    }
}
