using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Pipes;

/// <summary>Tells the neighbours of a link who has an address now, so that nobody sends to who had it before.</summary>
internal static class Announcement
{
    /// <summary>One ARP answer that nobody asked for. What cannot be sent is not: the first packet of the container
    /// says the same.</summary>
    public static void Send(NetNamespace ns, LinkInfo link, IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetwork || link.Mac is not { } mac)
            return;
        try
        {
            using var socket = PacketSocket.Open(ns, link.Index, PacketSocket.Arp);
            socket.Broadcast(Answer(mac, address));
        }
        catch (LinuxException)
        {
            // The link has no carrier yet, or takes no ARP.
        }
    }

    /// <summary>Ethernet and IPv4, operation 2, from and to the same address. Source: RFC 826, RFC 5227.</summary>
    internal static byte[] Answer(MacAddress mac, IPAddress address)
    {
        byte[] sender = [.. Bytes(mac), .. address.GetAddressBytes()];
        return [0, 1, 8, 0, 6, 4, 0, 2, .. sender, .. sender];
    }

    private static IEnumerable<byte> Bytes(MacAddress mac) =>
        Enumerable.Range(0, 6).Select(at => (byte)(mac.Value >> (8 * (5 - at))));
}
