using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Linux.Netlink;

/// <summary>What a route does with a packet: RTN_ of linux/rtnetlink.h.</summary>
public enum RouteKind
{
    Unicast = 1,
    Local = 2,
    Broadcast = 3,
    Multicast = 5,
    Blackhole = 6,
    Unreachable = 7,
    Prohibit = 8,
    Throw = 9,
}

/// <summary>What happens when there is such a route already.</summary>
public enum RoutePut
{
    /// <summary>EEXIST.</summary>
    Add,

    /// <summary>The new one takes its place.</summary>
    Replace,

    /// <summary>The same; ENOENT when there is none.</summary>
    Change,

    /// <summary>Both are there, the new one last.</summary>
    Append,
}

/// <summary>A route of either family and any table.</summary>
public sealed record RouteSpec
{
    public const int MainTable = 254;

    /// <summary>Without host bits; prefix length 0 is the default route.</summary>
    public required IPNetwork Destination { get; init; }

    public RouteKind Kind { get; init; } = RouteKind.Unicast;

    /// <summary>Null: whoever is asked for is on the link.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Index of the link, 0: that of the gateway's network.</summary>
    public int Link { get; init; }

    /// <summary>Address that packets of this host leave under.</summary>
    public IPAddress? Source { get; init; }

    public int Table { get; init; } = MainTable;

    /// <summary>The lowest wins; 0: the family's own.</summary>
    public int Metric { get; init; }

    /// <summary>Who made it, RTPROT_: 2 the kernel, 3 an administrator now, 4 one at boot, 16 DHCP.</summary>
    public int Protocol { get; init; } = 3;

    /// <summary>RT_SCOPE_: 0 universe, 253 link, 254 host; null: what the rest asks for.</summary>
    public int? Scope { get; init; }

    /// <summary>The gateway is on the link although no address says so.</summary>
    public bool OnLink { get; init; }

    /// <summary>Largest packet, 0: that of the link.</summary>
    public int Mtu { get; init; }

    public bool IsIPv6 => Destination.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
}
