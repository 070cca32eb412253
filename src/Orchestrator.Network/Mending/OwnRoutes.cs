using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Addressing;

namespace Orchestrator.Network.Mending;

/// <summary>Routes that the kernel makes with an address: by them it takes what is sent to it. Pure.</summary>
/// <remarks>
/// <c>ip route flush table all</c> takes them and leaves the address, of which the kernel makes no more then. To set the address
/// anew would make them, and take others of its subnet away, which may be the container's own.
/// </remarks>
internal static class OwnRoutes
{
    private const int LocalTable = 255, OfKernel = 2, MulticastMetric = 256;

    private static readonly IPNetwork Multicast = IPNetwork.Parse("ff00::/8");

    /// <summary>In the order in which the kernel takes them: the others begin at the first.</summary>
    public static IEnumerable<RouteSpec> Of(AddressInfo own)
    {
        var subnet = Subnet.Of(own.Address, own.PrefixLength);
        var route = new RouteSpec
        {
            Destination = Subnet.Of(own.Address, subnet.IsIPv6 ? 128 : 32).Network,
            Kind = RouteKind.Local,
            Link = own.Index,
            Source = subnet.IsIPv6 ? null : own.Address,
            Table = LocalTable,
            Protocol = OfKernel,
        };
        yield return route;
        if (subnet.IsIPv6)
        {
            // Who asks for its hardware address asks a group.
            if (!IPAddress.IsLoopback(own.Address))
                yield return route with { Destination = Multicast, Kind = RouteKind.Multicast, Metric = MulticastMetric };
            yield break;
        }

        if (IPAddress.IsLoopback(own.Address))
            yield return route with { Destination = subnet.Network };
        if (own.PrefixLength < 31)
            yield return route with
            {
                Destination = new IPNetwork(subnet.AddressAt(subnet.Last), 32), Kind = RouteKind.Broadcast,
            };
    }

    /// <summary>It is there, in whatever table: that of a link in a VRF is the VRF's.</summary>
    public static bool Has(SpaceDump found, RouteSpec wanted) => found.OwnRoutes.Any(
        r => r.Kind == wanted.Kind && r.Link == wanted.Link && r.Destination.Equals(wanted.Destination));
}
