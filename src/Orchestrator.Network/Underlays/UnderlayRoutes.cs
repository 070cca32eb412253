using System.Net;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Underlays;

/// <summary>What the host's routes say of the ways to other nodes.</summary>
internal static class UnderlayRoutes
{
    /// <summary>Larger ones are links to oneself, over which no node is reached.</summary>
    private const int LargestOfCards = 9_600;

    /// <returns>The smallest packet size of all ways, or of the own link where there is no peer; null: no way is known.</returns>
    public static int? SmallestMtu(RouteSocket route, IPAddress own, IEnumerable<IPAddress> peers)
    {
        var links = route.ListLinks().ToDictionary(l => l.Index, l => l.Mtu);
        var sizes = peers.Select(route.FindWay).OfType<WayInfo>()
            .Select(way => way.Mtu > 0 ? way.Mtu : links.GetValueOrDefault(way.Link)).ToList();
        if (sizes.Count == 0 && route.ListAddresses(own.AddressFamily).Find(a => a.Address.Equals(own)) is { } at)
            sizes.Add(links.GetValueOrDefault(at.Index));
        var known = sizes.Where(size => size is > 0 and <= LargestOfCards).ToList();
        return known.Count > 0 ? known.Min() : null;
    }
}
