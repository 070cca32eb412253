using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Netlink;

/// <summary>An address of a link.</summary>
public sealed record AddressInfo(int Index, IPAddress Address, int PrefixLength);

/// <summary>A route of the main table.</summary>
/// <param name="Gateway">Null: on the link.</param>
public sealed record RouteInfo(IPNetwork Destination, IPAddress? Gateway, int Index);

public sealed partial class RouteSocket
{
    private const ushort RTM_NEWADDR = 20, RTM_DELADDR = 21, RTM_GETADDR = 22;
    private const ushort RTM_NEWROUTE = 24, RTM_DELROUTE = 25, RTM_GETROUTE = 26;
    private const int IFA_ADDRESS = 1, IFA_LOCAL = 2, IFA_BROADCAST = 4;
    private const int RTA_DST = 1, RTA_OIF = 4, RTA_GATEWAY = 5, RTA_TABLE = 15;
    private const byte RT_TABLE_MAIN = 254, RTPROT_STATIC = 4, RT_SCOPE_LINK = 253, RTN_UNICAST = 1;

    /// <summary>Gives a link an address of either family, at once: of IPv6 nobody is asked whether he has it.</summary>
    public void EnsureAddress(int index, IPAddress address, int prefixLength)
    {
        const int IFA_FLAGS = 8, IFA_F_NODAD = 2;
        var isIPv6 = FamilyOf(address) == AF_INET6;
        var message = new NetlinkMessage(RTM_NEWADDR, NetlinkFlags.Create | NetlinkFlags.Replace,
            $"add address {address}/{prefixLength}")
            .Struct(new IfAddr { Family = FamilyOf(address), PrefixLength = (byte)prefixLength, Index = index })
            .Add(IFA_LOCAL, address).Add(IFA_ADDRESS, address);
        if (isIPv6)
            message.Add(IFA_FLAGS, IFA_F_NODAD);
        else if (prefixLength < 31) // In a network of two the last address is the other's. Source: RFC 3021.
            message.Add(IFA_BROADCAST, Broadcast(new IPNetwork(Mask(address, prefixLength), prefixLength)));
        netlink.Execute(message);
    }

    /// <summary>Takes an address off a link; absent counts as done.</summary>
    public void DeleteAddress(int index, IPAddress address, int prefixLength) =>
        netlink.Execute(
            new NetlinkMessage(RTM_DELADDR, NetlinkFlags.None, $"delete address {address}/{prefixLength}")
            {
                Tolerated = [Errno.EADDRNOTAVAIL, Errno.ENODEV],
            }
                .Struct(new IfAddr { Family = FamilyOf(address), PrefixLength = (byte)prefixLength, Index = index })
                .Add(IFA_LOCAL, address).Add(IFA_ADDRESS, address));

    public List<AddressInfo> ListAddresses(AddressFamily family = AddressFamily.InterNetwork) =>
        [.. netlink.Dump(new NetlinkMessage(RTM_GETADDR, NetlinkFlags.None, "list addresses")
                .Struct(new IfAddr { Family = NumberOf(family) }))
            .Select(ParseAddress).OfType<AddressInfo>()];

    /// <summary>Sets the route to a destination, replacing another of the same destination.</summary>
    public void SetRoute(IPNetwork destination, IPAddress? gateway, int index)
    {
        var message = new NetlinkMessage(RTM_NEWROUTE, NetlinkFlags.Create | NetlinkFlags.Replace,
            $"set route {destination}")
            .Struct(new RtMsg
            {
                Family = FamilyOf(destination.BaseAddress),
                DestinationLength = (byte)destination.PrefixLength,
                Table = RT_TABLE_MAIN,
                Protocol = RTPROT_STATIC,
                Scope = gateway is null ? RT_SCOPE_LINK : (byte)0, // Without meaning in IPv6.
                Type = RTN_UNICAST,
            })
            .Add(RTA_OIF, index);
        if (destination.PrefixLength > 0)
            message.Add(RTA_DST, destination.BaseAddress);
        if (gateway is not null)
            message.Add(RTA_GATEWAY, gateway);
        netlink.Execute(message);
    }

    /// <summary>Removes the route to a destination; absent counts as done. Of IPv6 one that <see cref="SetRoute"/> made:
    /// what a router advertised is the kernel's to keep.</summary>
    public void DeleteRoute(IPNetwork destination)
    {
        var message = new NetlinkMessage(RTM_DELROUTE, NetlinkFlags.None, $"delete route {destination}")
        {
            Tolerated = [Errno.ESRCH],
        }.Struct(new RtMsg
        {
            Family = FamilyOf(destination.BaseAddress),
            DestinationLength = (byte)destination.PrefixLength,
            Table = RT_TABLE_MAIN,
            Protocol = FamilyOf(destination.BaseAddress) == AF_INET6 ? RTPROT_STATIC : (byte)0,
            Scope = 255, // Any.
        });
        if (destination.PrefixLength > 0)
            message.Add(RTA_DST, destination.BaseAddress);
        netlink.Execute(message);
    }

    public List<RouteInfo> ListRoutes(AddressFamily family = AddressFamily.InterNetwork) =>
        [.. netlink.Dump(new NetlinkMessage(RTM_GETROUTE, NetlinkFlags.None, "list routes")
                .Struct(new RtMsg { Family = NumberOf(family) }))
            .Select(ParseRoute).OfType<RouteInfo>()];

    private static AddressInfo? ParseAddress(byte[] payload)
    {
        var header = MemoryMarshal.Read<IfAddr>(payload);
        var attributes = new NetlinkAttributes(payload.AsSpan(Marshal.SizeOf<IfAddr>()));
        var address = attributes.Address(IFA_LOCAL) ?? attributes.Address(IFA_ADDRESS);
        return address is null ? null : new AddressInfo(header.Index, address, header.PrefixLength);
    }

    private static RouteInfo? ParseRoute(byte[] payload)
    {
        var header = MemoryMarshal.Read<RtMsg>(payload);
        var attributes = new NetlinkAttributes(payload.AsSpan(Marshal.SizeOf<RtMsg>()));
        if ((attributes.Int32(RTA_TABLE) ?? header.Table) != RT_TABLE_MAIN
            || attributes.Int32(RTA_OIF) is not { } index)
            return null;
        var destination = attributes.Address(RTA_DST)
            ?? (header.Family == AF_INET6 ? IPAddress.IPv6Any : IPAddress.Any);
        return new RouteInfo(
            new IPNetwork(destination, header.DestinationLength), attributes.Address(RTA_GATEWAY), index);
    }

    private static byte NumberOf(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? AF_INET6 : AF_INET;

    private static IPAddress Mask(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefixLength; bit < 32; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }

    private static IPAddress Broadcast(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        for (var bit = network.PrefixLength; bit < 32; bit++)
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }
}
