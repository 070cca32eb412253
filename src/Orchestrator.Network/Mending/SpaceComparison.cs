using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Addressing;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Overlays;
using Orchestrator.Network.Pipes;
using Orchestrator.Network.Returning;
using Orchestrator.Network.Shaping;

namespace Orchestrator.Network.Mending;

/// <summary>What to change in one namespace so that all of ours is as it should be. Pure.</summary>
/// <remarks>
/// Nothing of anybody else is ever named: links are told by name, kind and mark; of addresses and routes only what is
/// missing is put back, for what a container or an operator added is theirs. A link that has to be made comes alone:
/// what hangs on it is compared again once it is there.
/// </remarks>
internal static class SpaceComparison
{
    public static List<SpaceChange> Compare(WantedSpace wanted, SpaceDump found)
    {
        var links = found.Links.ToDictionary(l => l.Name);
        // First: the kernel makes no second one while that which was renamed holds the identifier.
        var changes = Strays(wanted, found).ToList();
        // Before any of these becomes a port.
        if (wanted.Links.FirstOrDefault(link => links.TryGetValue(link.Name, out var port) && !IsGuarded(link, port, links)) is { } open)
            changes.Add(new SpaceChange.Guard(open.Name)); // All of them at once.
        foreach (var link in wanted.Links)
            changes.AddRange(CompareLink(link, found, links));
        foreach (var exit in new[] { wanted.Exit, wanted.Exit6 }.OfType<WantedExit>())
        {
            if (links.TryGetValue(exit.Link, out var way) && way.IsUp && !found.Routes.Any(r => LeadsOut(r, exit)))
                changes.Add(new SpaceChange.AddExit(exit.Link, exit.Gateway));
        }

        if (wanted.Remote is { } remote && links.TryGetValue(OverlayFabric.Vxlan, out var vxlan)
            && vxlan.Master > 0)
            changes.AddRange(CompareFabric(vxlan, found, remote));
        changes.AddRange(Ways(wanted.Ways, found));
        // Last: what a command needs may be among what is missing.
        changes.AddRange(wanted.Kept.Where(c => !KeptWords.Holds(c, found)).Select(c => new SpaceChange.Redo(c)));
        return changes;
    }

    private static IEnumerable<SpaceChange> Strays(WantedSpace wanted, SpaceDump found) =>
        found.Links.Where(link => wanted.Own?.IsStray(link) == true).Select(link => new SpaceChange.Remove(
            link.Name, wanted.Links.FirstOrDefault(w => IsSame(w, link))?.Name));

    /// <summary>Of those that bear no mark an overlay has one of a kind.</summary>
    private static bool IsSame(WantedLink wanted, LinkInfo link) => wanted.Kind == link.Kind
        && (wanted.Alias is { } alias ? link.Alias == alias : link.Kind == "vxlan");

    /// <summary>Rules by which answers find their way back, and routes that these lead to.</summary>
    public static IEnumerable<SpaceChange> Ways(ImmutableArray<WayBack> wanted, SpaceDump found)
    {
        foreach (var way in wanted)
        {
            // No route goes by a link that is gone or down, or too small: that comes first.
            if (found.Links.FirstOrDefault(l => l.Name == way.Link && l.IsUp) is not { } link
                || (way.Family.IsIPv6 && link.Mtu < IpFamily.SmallestMtuOfIPv6))
                continue;
            var hasRule = found.Rules.Any(r => r.Mark == way.Mark && r.Table == (int)way.Mark && r.IsIPv6 == way.Family.IsIPv6);
            if (!hasRule || !found.Ways.Any(r =>
                r.Table == (int)way.Mark && r.Link == link.Index && way.Node.Equals(r.Gateway)))
                yield return new SpaceChange.LeadBack(way, hasRule);
        }

        var marks = wanted.Select(w => ((uint?)w.Mark, w.Family.IsIPv6)).ToHashSet();
        foreach (var rule in found.Rules.Where(r => !marks.Contains((r.Mark, r.IsIPv6))))
            yield return new SpaceChange.DropWay(wanted[0].Link, rule);
    }

    private static IEnumerable<SpaceChange> CompareLink(
        WantedLink wanted, SpaceDump found, Dictionary<string, LinkInfo> links)
    {
        if (!links.TryGetValue(wanted.Name, out var link))
            return [new SpaceChange.Make(wanted.Name)];
        if (IsForeign(wanted, link))
            return [new SpaceChange.Displaced(wanted.Name, link.Kind)];
        if ((wanted.Local is { } local && !local.Equals(link.VxlanLocal))
            || (wanted.UdpPort is { } port && port != link.VxlanPort))
            return [new SpaceChange.Make(wanted.Name)];
        return
        [
            .. Properties(wanted, link), .. AsPort(wanted, link, found, links), .. OwnRoutesOf(wanted, link, found),
            .. False(wanted, link, found),
            .. Addresses(wanted.Address, wanted.Beyond, link, found), .. Addresses(wanted.Address6, [], link, found),
        ];
    }

    private static bool LeadsOut(RouteInfo route, WantedExit exit) => route.Destination.PrefixLength == 0
        && route.Destination.BaseAddress.AddressFamily == exit.Gateway.AddressFamily;

    private static bool IsForeign(WantedLink wanted, LinkInfo link) =>
        (wanted.Kind.Length > 0 && link.Kind != wanted.Kind)
        || (wanted.Alias is { } alias && link.Alias.Length > 0 && link.Alias != alias);

    private static IEnumerable<SpaceChange> Properties(WantedLink wanted, LinkInfo link)
    {
        var isMade = wanted.OwnMac is null || link.Mac == wanted.OwnMac;
        if (isMade && wanted.Alias is { } alias && link.Alias != alias)
            yield return new SpaceChange.Mark(wanted.Name, alias);
        if (isMade && wanted.Mtu is { } mtu && link.Mtu != mtu)
            yield return new SpaceChange.Resize(wanted.Name, mtu);
        if (wanted.Mac is { } mac && link.Mac != mac)
            yield return new SpaceChange.SetMac(wanted.Name, mac);
        if (wanted.Local is not null && link.VxlanLearns)
            yield return new SpaceChange.Unlearn(wanted.Name);
        if (!link.IsUp)
            yield return new SpaceChange.Raise(wanted.Name);
    }

    private static bool IsGuarded(WantedLink wanted, LinkInfo link, Dictionary<string, LinkInfo> links) =>
        wanted.IsGuarded?.Invoke(
            link.Index, wanted.Limit is not null && links.ContainsKey(LinkShaper.Detour(wanted.Name))) != false;

    private static IEnumerable<SpaceChange> AsPort(
        WantedLink wanted, LinkInfo link, SpaceDump found, Dictionary<string, LinkInfo> links)
    {
        if (wanted.Master is not { } name || !links.TryGetValue(name, out var master) || master.Kind != "bridge")
            yield break;
        if (link.Master != master.Index)
        {
            yield return new SpaceChange.Enslave(wanted.Name, name);
            yield break; // Flags and entries of a port are those of its bridge: first it has to be one.
        }

        if (wanted.Port is { } port && link.Port != port)
            yield return new SpaceChange.SetPort(wanted.Name, port);
        if (wanted.Forwards is { } mac
            && !found.Neighbours.Any(n => n.OfMaster && n.Index == link.Index && n.Mac == mac))
            yield return new SpaceChange.Forward(wanted.Name, new NeighbourChange.PutLocal(link.Index, mac));
        if (wanted.Limit is { } limit && limit != LinkShaper.Find(
            link, found.Links, found.Queues, index => found.Redirects.TryGetValue(index, out var to) ? to : null))
            yield return new SpaceChange.Limit(wanted.Name, limit);
    }

    /// <summary>Others that the container set are its own business: nobody of the cluster is behind them.</summary>
    private static IEnumerable<SpaceChange> False(WantedLink wanted, LinkInfo link, SpaceDump found)
    {
        if (wanted.Peers is not { } peers)
            yield break;
        foreach (var entry in found.Neighbours.Where(n => n.Index == link.Index))
        {
            var known = peers.Where(p => p.Address.Equals(entry.Address)).ToList();
            if (known.Count > 0 && known.TrueForAll(p => p.Mac != entry.Mac))
                yield return new SpaceChange.DropFalse(wanted.Name, link.Index, known[0].Address);
        }
    }

    private static IEnumerable<SpaceChange> Addresses(
        string? wanted, ImmutableArray<IPNetwork> beyond, LinkInfo link, SpaceDump found)
    {
        if (wanted is not { } cidr)
            yield break;
        var (address, length) = ContainerLink.Split(cidr);
        if (!found.Addresses.Any(a => a.Index == link.Index && Is(a, cidr)))
        {
            yield return new SpaceChange.AddAddress(link.Name, cidr); // Its route comes with it.
            yield break;
        }

        var whole = address.GetAddressBytes().Length * 8;
        IEnumerable<IPNetwork> blocks = IPAddress.IsLoopback(address) || length == whole
            ? beyond : beyond.Prepend(Subnet.Parse(cidr).Network);
        foreach (var block in blocks.Where(_ => link.IsUp))
        {
            if (!found.Routes.Any(r => r.Destination.Equals(block) && r.Index == link.Index))
                yield return new SpaceChange.AddRoute(link.Name, block);
        }
    }

    /// <summary>Of addresses that are there and ours; ::1 is every namespace's, and the kernel's to give.</summary>
    private static IEnumerable<SpaceChange> OwnRoutesOf(WantedLink wanted, LinkInfo link, SpaceDump found) =>
        from own in found.Addresses
        where own.Index == link.Index && link.IsUp
            && (IPAddress.IPv6Loopback.Equals(own.Address) || Is(own, wanted.Address) || Is(own, wanted.Address6))
        from route in OwnRoutes.Of(own)
        where !OwnRoutes.Has(found, route)
        select new SpaceChange.AddOwnRoute(wanted.Name, route);

    private static bool Is(AddressInfo found, string? wanted) =>
        wanted is not null && (found.Address, found.PrefixLength).Equals(ContainerLink.Split(wanted));

    private static IEnumerable<SpaceChange> CompareFabric(
        LinkInfo vxlan, SpaceDump found, IReadOnlyCollection<RemoteEndpoint> remote)
    {
        var plan = FabricPlan.Between(
            vxlan.Index, [.. found.Neighbours.Where(n => n.Index == vxlan.Index)], remote);
        return plan.Additions.Concat(plan.Removals).Select(c => new SpaceChange.Forward(vxlan.Name, c));
    }
}
