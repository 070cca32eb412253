using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Mending;
using Orchestrator.Network.Returning;

namespace Orchestrator.Network.Tests.Mending;

/// <summary>A namespace as a list of things: what the kernel would hold, without one.</summary>
internal sealed class SimulatedSpace(WantedSpace wanted)
{
    private const int First = 100; // Strangers have indices above.

    private readonly Dictionary<string, LinkInfo> links = [];
    private readonly List<AddressInfo> addresses = [];
    private readonly List<RouteInfo> routes = [];
    private readonly List<RouteSpec> ownRoutes = [];
    private readonly List<NeighbourInfo> neighbours = [];
    private readonly List<RuleSpec> rules = [];
    private readonly List<RouteSpec> ways = [];
    private int nextIndex = 1;

    public SpaceDump Dump() => new([.. links.Values], [.. addresses], [.. routes], [.. neighbours])
    {
        OwnRoutes = [.. ownRoutes],
        Rules = [.. rules],
        Ways = [.. ways],
    };

    /// <summary>As it should be.</summary>
    public void Build()
    {
        for (var round = 0; round < 5; round++)
            SpaceComparison.Compare(wanted, Dump()).ForEach(Apply);
    }

    public void AddStrangers()
    {
        links["theirs"] = new LinkInfo(First, "theirs", "", "bridge", 0, 9000, null, IsUp: false);
        links["also"] = new LinkInfo(First + 1, "also", "orch:n9", "veth", First, 1500, null, IsUp: true);
        addresses.Add(new AddressInfo(First, IPAddress.Parse("203.0.113.1"), 24));
        routes.Add(new RouteInfo(IPNetwork.Parse("203.0.113.0/24"), null, First));
        ownRoutes.Add(new RouteSpec { Destination = IPNetwork.Parse("203.0.113.1/32"), Kind = RouteKind.Local, Link = First });
        neighbours.Add(new NeighbourInfo(First + 1, new MacAddress(5), null, null, OfMaster: true));
    }

    public HashSet<object> Strangers() =>
    [
        .. links.Values.Where(l => l.Index >= First), .. addresses.Where(a => a.Index >= First),
        .. routes.Where(r => r.Index >= First), .. ownRoutes.Where(r => r.Link >= First), .. neighbours.Where(n => n.Index >= First),
    ];

    /// <summary>Somebody deletes and changes things of ours.</summary>
    public void Meddle(Random random)
    {
        foreach (var link in links.Values.Where(l => l.Index < First).ToList())
        {
            switch (random.Next(8))
            {
                case 0: Remove(link); break;
                case 1: links[link.Name] = link with { IsUp = false }; break;
                case 2: links[link.Name] = link with { Master = 0, Port = null }; break;
                case 3: links[link.Name] = link with { Mtu = 1280 }; break;
                case 4: links[link.Name] = link with { Alias = "" }; break;
                case 6: links[link.Name] = link with { Mac = new MacAddress(66) }; break;
                case 5 when link.Port is not null:
                    links[link.Name] = link with { Port = new BridgePortSettings() };
                    break;
            }
        }

        addresses.RemoveAll(a => a.Index < First && random.Next(3) == 0);
        routes.RemoveAll(r => r.Index < First && random.Next(3) == 0);
        ownRoutes.RemoveAll(r => r.Link < First && random.Next(3) == 0);
        neighbours.RemoveAll(n => n.Index < First && random.Next(3) == 0);
        rules.RemoveAll(_ => random.Next(3) == 0);
        ways.RemoveAll(_ => random.Next(3) == 0);
        if (random.Next(2) == 0)
            rules.Add(new WayBack("br0", IPAddress.Parse("10.0.1.66")).Rule);
        if (links.TryGetValue("vx0", out var vxlan) && random.Next(2) == 0)
            neighbours.Add(new NeighbourInfo(vxlan.Index, new MacAddress(66), null, IPAddress.Parse("192.0.2.66"), false));
    }

    public void Rename(string name, string other)
    {
        links.Remove(name, out var link);
        links[other] = link! with { Name = other };
    }

    public void Apply(SpaceChange change)
    {
        var link = links.GetValueOrDefault(change.Subject);
        switch (change)
        {
            case SpaceChange.Make: Make(change.Subject); break;
            case SpaceChange.Remove: Remove(link!); break;
            case SpaceChange.Mark c: links[c.Subject] = link! with { Alias = c.Alias }; break;
            case SpaceChange.Raise c: links[c.Subject] = link! with { IsUp = true }; break;
            case SpaceChange.Resize c: links[c.Subject] = link! with { Mtu = c.Mtu }; break;
            case SpaceChange.SetMac c: links[c.Subject] = link! with { Mac = c.Mac }; break;
            case SpaceChange.SetPort c: links[c.Subject] = link! with { Port = c.Settings }; break;
            case SpaceChange.Enslave c:
                links[c.Subject] = link! with { Master = links[c.Master].Index, Port = new BridgePortSettings() };
                break;
            case SpaceChange.AddAddress c:
                var parts = c.Address.Split('/');
                var address = new AddressInfo(link!.Index, IPAddress.Parse(parts[0]), int.Parse(parts[1], null));
                addresses.Add(address);
                ownRoutes.AddRange(OwnRoutes.Of(address).Where(r => !OwnRoutes.Has(Dump(), r)));
                break;
            case SpaceChange.AddOwnRoute c: ownRoutes.Add(c.Route); break;
            case SpaceChange.AddRoute c: routes.Add(new RouteInfo(c.Destination, null, link!.Index)); break;
            case SpaceChange.AddExit c:
                routes.Add(new RouteInfo(new IPNetwork(IPAddress.Any, 0), c.Gateway, link!.Index));
                break;
            case SpaceChange.LeadBack c:
                ways.RemoveAll(r => r.Table == (int)c.Way.Mark);
                ways.Add(c.Way.Route(link!.Index));
                if (!c.HasRule)
                    rules.Add(c.Way.Rule);
                break;
            case SpaceChange.DropWay c: rules.Remove(c.Rule); break;
            case SpaceChange.Forward c: Change(c.Change); break;
        }
    }

    private void Make(string name)
    {
        if (links.TryGetValue(name, out var old))
            Remove(old);
        var description = wanted.Links.First(l => l.Name == name);
        links[name] = new LinkInfo(
            nextIndex++, name, description.Alias ?? "", description.Kind, 0, 1500, null, IsUp: false)
        {
            VxlanLocal = description.Local,
            VxlanPort = description.UdpPort,
        };
    }

    /// <summary>With a link goes all that hangs on it; ports of a bridge are let go.</summary>
    private void Remove(LinkInfo link)
    {
        links.Remove(link.Name);
        addresses.RemoveAll(a => a.Index == link.Index);
        routes.RemoveAll(r => r.Index == link.Index);
        ownRoutes.RemoveAll(r => r.Link == link.Index);
        ways.RemoveAll(r => r.Link == link.Index);
        neighbours.RemoveAll(n => n.Index == link.Index);
        foreach (var port in links.Values.Where(l => l.Master == link.Index).ToList())
            links[port.Name] = port with { Master = 0, Port = null };
    }

    private void Change(NeighbourChange change)
    {
        switch (change)
        {
            case NeighbourChange.PutRemote c:
                neighbours.RemoveAll(n => n.Index == c.Index && n.Mac == c.Mac && n.Address is null);
                neighbours.Add(new NeighbourInfo(c.Index, c.Mac, null, c.Vtep, OfMaster: false));
                neighbours.Add(new NeighbourInfo(c.Index, c.Mac, null, null, OfMaster: true));
                break;
            case NeighbourChange.PutLocal c:
                neighbours.Add(new NeighbourInfo(c.Index, c.Mac, null, null, OfMaster: true));
                break;
            case NeighbourChange.PutAnswer c:
                neighbours.RemoveAll(n => n.Index == c.Index && c.Address.Equals(n.Address));
                neighbours.Add(new NeighbourInfo(c.Index, c.Mac, c.Address, null, OfMaster: false));
                break;
            case NeighbourChange.DropTunnel c:
                neighbours.RemoveAll(n => n.Index == c.Index && n.Mac == c.Mac && n.Address is null && !n.OfMaster);
                break;
            case NeighbourChange.DropPort c:
                neighbours.RemoveAll(n => n.Index == c.Index && n.Mac == c.Mac && n.OfMaster);
                break;
            case NeighbourChange.DropAnswer c:
                neighbours.RemoveAll(n => n.Index == c.Index && c.Address.Equals(n.Address));
                break;
        }
    }
}
