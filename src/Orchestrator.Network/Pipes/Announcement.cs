using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Pipes;

/// <summary>Tells the neighbours of a link who has an address now, so that nobody sends to who had it before.</summary>
internal static class Announcement
{
    private static readonly byte[] AllNodes = IPAddress.Parse("ff02::1").GetAddressBytes();

    /// <summary>One answer that nobody asked for, by ARP or neighbour discovery. What cannot be sent is not: the first
    /// packet of the container says the same.</summary>
    public static void Send(NetNamespace ns, LinkInfo link, IPAddress address)
    {
        if (link.Mac is not { } mac)
            return;
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetwork)
            {
                using var arp = PacketSocket.Open(ns, link.Index, PacketSocket.Arp);
                arp.Broadcast(Answer(mac, address));
                return;
            }

            using var socket = PacketSocket.Open(ns, link.Index, PacketSocket.IPv6);
            socket.Send([0x33, 0x33, 0, 0, 0, 1], Advertisement(mac, address, address));
        }
        catch (LinuxException)
        {
            // The link has no carrier yet, or its neighbours have no hardware addresses.
        }
    }

    /// <summary>Ethernet and IPv4, operation 2, from and to the same address. Source: RFC 826, RFC 5227.</summary>
    internal static byte[] Answer(MacAddress mac, IPAddress address)
    {
        byte[] sender = [.. Bytes(mac), .. address.GetAddressBytes()];
        return [0, 1, 8, 0, 6, 4, 0, 2, .. sender, .. sender];
    }

    /// <summary>A packet of IPv6 to all nodes of a link that overrides what they know of an address. Source: RFC 4861
    /// §4.4, §7.2.6.</summary>
    /// <param name="target">The address that the hardware address is of.</param>
    internal static byte[] Advertisement(MacAddress mac, IPAddress sender, IPAddress target)
    {
        const byte Icmp = 58, MaxHops = 255, NeighbourAdvertisement = 136, Override = 0x20, TargetLinkLayerAddress = 2;
        byte[] message =
        [
            NeighbourAdvertisement, 0, 0, 0, Override, 0, 0, 0, .. target.GetAddressBytes(),
            TargetLinkLayerAddress, 1, .. Bytes(mac),
        ];
        byte[] addresses = [.. sender.GetAddressBytes(), .. AllNodes];
        BinaryPrimitives.WriteUInt16BigEndian(
            message.AsSpan(2), Checksum([.. addresses, 0, 0, 0, (byte)message.Length, 0, 0, 0, Icmp, .. message]));
        return [0x60, 0, 0, 0, 0, (byte)message.Length, Icmp, MaxHops, .. addresses, .. message];
    }

    /// <summary>Of an even number of bytes. Source: RFC 1071.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0;
        for (var at = 0; at < bytes.Length; at += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~((sum & 0xffff) + (sum >> 16));
    }

    private static IEnumerable<byte> Bytes(MacAddress mac) =>
        Enumerable.Range(0, 6).Select(at => (byte)(mac.Value >> (8 * (5 - at))));
}
