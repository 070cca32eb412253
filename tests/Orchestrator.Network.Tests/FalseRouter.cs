using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Tests;

/// <summary>A container that says it is a router, and whoever may hear it.</summary>
internal static class FalseRouter
{
    private const byte Advertisement = 134;

    /// <summary>Tells all on a link that the way out leads by this one, for half an hour.</summary>
    /// <param name="from">Of the link's own; only from such a one a router is believed. Null: any that can be used.</param>
    public static void Advertise(NetNamespace ns, int link, string? from = null)
    {
        using var socket = Open(ns);
        if (from is not null)
            ns.Run(() => socket.Bind(new IPEndPoint(IPAddress.Parse($"{from}%{link}"), 0)));
        socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, link);
        socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, 255);
        // Type, code, the kernel's sum, hops, flags, seconds, and two times of no concern.
        byte[] message = [Advertisement, 0, 0, 0, 64, 0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0];
        ns.Run(() => socket.SendTo(message, new IPEndPoint(IPAddress.Parse($"ff02::1%{link}"), 0)));
    }

    /// <summary>Tells all on a link that packets of one address to another must not be larger than 1,300 bytes.</summary>
    public static void TellSize(NetNamespace ns, int link, IPAddress from, IPAddress to)
    {
        const byte tooBig = 2, icmp = 58, echo = 128;
        using var socket = Open(ns);
        socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, link);
        // Type, code, the kernel's sum, size; and what was too large: an echo of somebody whom the kernel does not ask.
        byte[] message =
        [
            tooBig, 0, 0, 0, 0, 0, 1300 >> 8, 1300 & 255,
            0x60, 0, 0, 0, 0, 8, icmp, 64, .. from.GetAddressBytes(), .. to.GetAddressBytes(), echo, 0, 0, 0, 0, 1, 0, 1,
        ];
        ns.Run(() => socket.SendTo(message, new IPEndPoint(IPAddress.Parse($"ff02::1%{link}"), 0)));
    }

    /// <summary>Hears what routers say.</summary>
    public static Socket Open(NetNamespace ns) =>
        ns.Run(() => new Socket(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6));

    /// <returns>It heard of a router within the time.</returns>
    public static bool IsHeard(Socket socket, TimeSpan time)
    {
        var buffer = new byte[1500];
        var deadline = DateTime.UtcNow + time;
        for (var left = time; left > TimeSpan.Zero; left = deadline - DateTime.UtcNow)
        {
            if (socket.Poll(left, SelectMode.SelectRead) && socket.Receive(buffer) > 0 && buffer[0] == Advertisement)
                return true;
        }

        return false;
    }
}
