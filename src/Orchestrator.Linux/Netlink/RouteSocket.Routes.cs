using System.Net;
using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Netlink;

/// <summary>Routes in full, as an administrator writes them.</summary>
public sealed partial class RouteSocket
{
    private const int RTA_PRIORITY = 6, RTA_PREFSRC = 7, RTA_METRICS = 8, RTAX_MTU = 2;
    private const uint RTNH_F_ONLINK = 4;
    private const byte RT_SCOPE_HOST = 254, RT_SCOPE_NOWHERE = 255;

    public void PutRoute(RouteSpec route, RoutePut put)
    {
        var flags = put switch
        {
            RoutePut.Add => NetlinkFlags.Create | NetlinkFlags.Exclusive,
            RoutePut.Replace => NetlinkFlags.Create | NetlinkFlags.Replace,
            RoutePut.Change => NetlinkFlags.Replace,
            _ => NetlinkFlags.Create | NetlinkFlags.Append,
        };
        var local = route.Kind is RouteKind.Local;
        var scope = local ? RT_SCOPE_HOST
            : route.Kind is RouteKind.Unicast or RouteKind.Broadcast or RouteKind.Multicast
                && route.Gateway is null && !route.IsIPv6 ? RT_SCOPE_LINK : (byte)0;
        netlink.Execute(Message(RTM_NEWROUTE, flags, $"add route {Name(route)}", route,
            (byte)(route.Scope ?? scope), (byte)route.Kind, (byte)route.Protocol));
    }

    /// <summary>Removes the first route that has what is given.</summary>
    /// <exception cref="NetlinkException">ESRCH: there is none.</exception>
    public void DeleteRoute(RouteSpec route) =>
        netlink.Execute(Message(RTM_DELROUTE, NetlinkFlags.None, $"delete route {Name(route)}", route,
            (byte)(route.Scope ?? RT_SCOPE_NOWHERE), route.Kind == RouteKind.Unicast ? (byte)0 : (byte)route.Kind,
            protocol: 0));

    /// <summary>The routes of every table, those of the kernel's own table of local addresses too.</summary>
    public List<RouteSpec> ListRoutes(bool isIPv6) =>
        [.. netlink.Dump(new NetlinkMessage(RTM_GETROUTE, NetlinkFlags.None, "list routes")
                .Struct(new RtMsg { Family = isIPv6 ? AF_INET6 : AF_INET }))
            .Select(ParseSpec).OfType<RouteSpec>()];

    private static NetlinkMessage Message(
        ushort type, NetlinkFlags flags, string operation, RouteSpec route, byte scope, byte kind, byte protocol)
    {
        var message = new NetlinkMessage(type, flags, operation).Struct(new RtMsg
        {
            Family = FamilyOf(route.Destination.BaseAddress),
            DestinationLength = (byte)route.Destination.PrefixLength,
            Table = route.Table < 256 ? (byte)route.Table : (byte)0,
            Protocol = protocol,
            Scope = scope,
            Type = kind,
            Flags = route.OnLink ? RTNH_F_ONLINK : 0,
        });
        if (route.Destination.PrefixLength > 0)
            message.Add(RTA_DST, route.Destination.BaseAddress);
        if (route.Gateway is { } gateway)
            message.Add(RTA_GATEWAY, gateway);
        if (route.Source is { } source)
            message.Add(RTA_PREFSRC, source);
        message.AddUnless(route.Link == 0, RTA_OIF, route.Link).AddUnless(route.Metric == 0, RTA_PRIORITY, route.Metric)
            .AddUnless(route.Table < 256, RTA_TABLE, route.Table);
        if (route.Mtu > 0)
            message.Nest(RTA_METRICS, metrics => metrics.Add(RTAX_MTU, route.Mtu));
        return message;
    }

    private static string Name(RouteSpec route) =>
        route.Destination.PrefixLength == 0 ? "default" : route.Destination.ToString();

    private static RouteSpec? ParseSpec(byte[] payload)
    {
        var header = MemoryMarshal.Read<RtMsg>(payload);
        var attributes = new NetlinkAttributes(payload.AsSpan(Marshal.SizeOf<RtMsg>()));
        const uint RTM_F_CLONED = 0x200;
        if ((header.Flags & RTM_F_CLONED) != 0)
            return null; // What is remembered of one destination, no route.
        var any = header.Family == AF_INET6 ? IPAddress.IPv6Any : IPAddress.Any;
        return new RouteSpec
        {
            Destination = new IPNetwork(attributes.Address(RTA_DST) ?? any, header.DestinationLength),
            Kind = (RouteKind)header.Type,
            Gateway = attributes.Address(RTA_GATEWAY),
            Link = attributes.Int32(RTA_OIF) ?? 0,
            Source = attributes.Address(RTA_PREFSRC),
            Table = attributes.Int32(RTA_TABLE) ?? header.Table,
            Metric = attributes.Int32(RTA_PRIORITY) ?? 0,
            Protocol = header.Protocol,
            Scope = header.Scope,
            OnLink = (header.Flags & RTNH_F_ONLINK) != 0,
            Mtu = attributes.Nested(RTA_METRICS).Int32(RTAX_MTU) ?? 0,
        };
    }
}
