using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Dhcp;

namespace Orchestrator.Network.Tests;

/// <summary>Finds out by segments of TCP whether a port is open, as scanners do.</summary>
internal static class Scan
{
    private const int From = 4242, Closed = 9, TcpSize = 20, Checksum = 16;

    /// <returns>A closed port says so.</returns>
    public static bool IsAnswered(NetNamespace ns, string source, string target, byte flags)
    {
        var (own, other) = (IPAddress.Parse(source), IPAddress.Parse(target));
        using var socket = ns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Tcp));
        ns.Run(() => socket.Bind(new IPEndPoint(own, 0)));
        var segment = new byte[TcpSize];
        (segment[0], segment[1], segment[3], segment[12], segment[13]) = (From >> 8, From & 255, Closed, 0x50, flags);
        byte[] summed = [.. own.GetAddressBytes(), .. other.GetAddressBytes(), 0, 6, 0, TcpSize, .. segment];
        var sum = UdpPacket.Checksum(summed);
        (segment[Checksum], segment[Checksum + 1]) = ((byte)(sum >> 8), (byte)sum);

        socket.SendTo(segment, new IPEndPoint(other, 0));
        var buffer = new byte[1500];
        while (socket.Poll(Wire.Shortly, SelectMode.SelectRead))
        {
            var packet = buffer.AsSpan(0, socket.Receive(buffer));
            var answer = packet[((packet[0] & 15) * 4)..];
            if (answer[1] == Closed && answer[2] == From >> 8 && answer[3] == (From & 255))
                return true;
        }

        return false;
    }
}
