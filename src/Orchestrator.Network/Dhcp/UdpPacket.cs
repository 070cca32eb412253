using System.Buffers.Binary;
using System.Net;

namespace Orchestrator.Network.Dhcp;

/// <summary>IPv4 and UDP headers, for who has no address and so no socket. Pure. Source: RFC 791, RFC 768.</summary>
internal static class UdpPacket
{
    private const int IpSize = 20, UdpSize = 8;
    private const byte Udp = 17;

    public static byte[] Wrap(ReadOnlySpan<byte> payload, IPAddress source, int sourcePort, IPAddress target, int targetPort)
    {
        var packet = new byte[IpSize + UdpSize + payload.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[8] = 64;
        packet[9] = Udp;
        source.TryWriteBytes(packet.AsSpan(12), out _);
        target.TryWriteBytes(packet.AsSpan(16), out _);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum(packet.AsSpan(0, IpSize)));
        var udp = packet.AsSpan(IpSize);
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], (ushort)targetPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        payload.CopyTo(udp[UdpSize..]);
        return packet; // A checksum of zero says that there is none, as IPv4 allows.
    }

    /// <summary>The payload, if the packet is UDP to that port and whole; else empty.</summary>
    /// <remarks>Checksums are not looked at: on a virtual link they are often left for a card to fill in.</remarks>
    public static ReadOnlySpan<byte> Unwrap(ReadOnlySpan<byte> packet, int port)
    {
        if (packet.Length < IpSize + UdpSize || packet[0] >> 4 != 4 || packet[9] != Udp)
            return default;
        var header = (packet[0] & 15) * 4;
        if (header < IpSize || packet.Length < header + UdpSize)
            return default;
        var udp = packet[header..];
        int size = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        return BinaryPrimitives.ReadUInt16BigEndian(udp[2..]) == port && size >= UdpSize && size <= udp.Length
            ? udp[UdpSize..size] : default;
    }

    internal static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i + 1 < bytes.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
