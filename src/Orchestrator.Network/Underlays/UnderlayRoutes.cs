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

    /// <summary>Do packets of a stream come put together already? A network card's driver does so, also with what is in a
    /// tunnel; and who sends by a veth hands over what he would have had the card cut.</summary>
    /// <param name="own">This node's address. To be called in the host's namespace.</param>
    public static bool ArriveWhole(RouteSocket route, IPAddress own) =>
        FindCard(route, own) is { } link && (link.Kind == "veth" || LinkOffload.Gathers(link.Name));

    /// <summary>The number of the link by which nodes come and no container can; null: there is none. By a bridge, one of
    /// its VLANs, or beside others on a card, a container can come as well.</summary>
    /// <param name="shared">Links by which containers come, by name.</param>
    public static int? FindUplink(RouteSocket route, IPAddress own, IReadOnlySet<string> shared)
    {
        var links = route.ListLinks();
        var card = FindCard(route, own);
        var below = card;
        while (below is { Kind: "vlan", IsParentElsewhere: false } && !shared.Contains(below.Name))
            below = links.Find(link => link.Index == below.Parent);
        return below is { Kind: "" or "veth" or "bond" or "team" } && !shared.Contains(below.Name) ? card!.Index : null;
    }

    /// <summary>The link that has a node's address; null: none has.</summary>
    private static LinkInfo? FindCard(RouteSocket route, IPAddress own) =>
        route.ListAddresses(own.AddressFamily).Find(a => a.Address.Equals(own)) is { } at
            ? route.ListLinks().Find(link => link.Index == at.Index) : null;
}
