using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Ingress.Relaying;

/// <summary>The header of the PROXY protocol, version 2, that tells a server who its client is. Pure.</summary>
/// <remarks>Source: haproxy, doc/proxy-protocol.txt, §2.2.</remarks>
internal static class ProxyHeader
{
    private const byte Version2Proxy = 0x21, TcpOverIPv4 = 0x11, TcpOverIPv6 = 0x21;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <param name="client">Who connected.</param>
    /// <param name="server">The address and port that were connected to.</param>
    public static byte[] Write(IPEndPoint client, IPEndPoint server)
    {
        var (from, to) = (Plain(client.Address), Plain(server.Address));
        var isIPv4 = from.AddressFamily == AddressFamily.InterNetwork && to.AddressFamily == AddressFamily.InterNetwork;
        if (!isIPv4)
            (from, to) = (from.MapToIPv6(), to.MapToIPv6());
        byte[] addresses = [.. from.GetAddressBytes(), .. to.GetAddressBytes(), 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(addresses.AsSpan(^4), (ushort)client.Port);
        BinaryPrimitives.WriteUInt16BigEndian(addresses.AsSpan(^2), (ushort)server.Port);
        return
        [
            .. Signature, Version2Proxy, isIPv4 ? TcpOverIPv4 : TcpOverIPv6, 0, (byte)addresses.Length, .. addresses,
        ];
    }

    private static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
