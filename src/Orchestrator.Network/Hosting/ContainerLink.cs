using System.Net;
using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Addressing;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Hosting;

/// <summary>The veth pair between a container and a bridge, and what the container needs besides.</summary>
internal static class ContainerLink
{
    /// <summary>Makes the pair, or takes it over when a predecessor made it already.</summary>
    /// <param name="route">Namespace of the bridge.</param>
    /// <param name="beyond">What else is reached by the link without a gateway; null: nothing.</param>
    /// <param name="guard">What has to be done with a link before it is a port of the bridge; null: nothing.</param>
    /// <returns>The bridge's port.</returns>
    public static LinkInfo Ensure(
        RouteSocket route, LinkInfo bridge, Endpoint endpoint, NetNamespace container,
        IReadOnlyCollection<IPNetwork>? beyond = null, Action<LinkInfo>? guard = null)
    {
        using var inside = RouteSocket.Open(container);
        var port = route.FindLink(endpoint.HostInterfaceName);
        var isNew = port is null || inside.FindLink(endpoint.InterfaceName) is null;
        if (port is null || isNew)
            port = Create(route, bridge, isPort: guard is null, endpoint, container);
        try
        {
            guard?.Invoke(port);
        }
        catch when (isNew)
        {
            route.DeleteLink(port.Name); // Or it would be taken for one that only has to become a port.
            throw;
        }

        if (port.Master != bridge.Index) // Also of a bridge that was made anew: what uses the link keeps it.
            route.SetMaster(port.Name, bridge.Index);
        var link = Configure(inside, endpoint, container);
        foreach (var block in beyond ?? [])
            inside.SetRoute(block, null, link.Index);
        return port;
    }

    /// <summary>Brings a container's end up, with its addresses.</summary>
    /// <returns>The link.</returns>
    public static LinkInfo Configure(RouteSocket inside, Endpoint endpoint, NetNamespace container)
    {
        var link = inside.GetLink(endpoint.InterfaceName);
        if (link.Mtu < IpFamily.SmallestMtuOfIPv6)
            endpoint = endpoint with { IPv6 = null };
        var settings = Settings(endpoint).ToList();
        if (settings.Count > 0)
            container.Run(() => settings.ForEach(s => Sysctl.Set(s.Path, s.Value)));
        inside.SetUp(endpoint.InterfaceName);
        foreach (var cidr in endpoint.Cidrs)
        {
            var (address, prefixLength) = Split(cidr);
            inside.EnsureAddress(link.Index, address, prefixLength);
        }

        return link;
    }

    /// <summary>Links of a container have no IPv6 from birth, as the namespace was told; this one has.</summary>
    public static IEnumerable<WantedSetting> Settings(Endpoint endpoint)
    {
        if (endpoint.IPv6 is not { Length: > 0 })
            yield break;
        yield return new WantedSetting($"ipv6/conf/{endpoint.InterfaceName}/disable_ipv6", "0");
        // Where this host is the router, nobody else is to say that he is one.
        if (!endpoint.IsOutside)
            yield return new WantedSetting($"ipv6/conf/{endpoint.InterfaceName}/accept_ra", "0");
    }

    /// <summary>Sets the default route of a family to that of the endpoint that leads out, or takes it away.</summary>
    public static void SetExit(SandboxRecord sandbox, IpFamily family, RouteSocket inside)
    {
        var everywhere = new IPNetwork(IPAddress.Parse(family.Any), 0);
        var exit = family.IsIPv6 ? sandbox.Exit6 : sandbox.Exit;
        if (exit is null)
        {
            inside.DeleteRoute(everywhere);
            return;
        }

        // No gateway's address: the link itself is the way, as with ipvlan at layer 3.
        var text = family.IsIPv6 ? exit.Gateway6! : exit.Gateway; // It is the exit for having one.
        var gateway = text == family.Any ? null : IPAddress.Parse(text);
        if (inside.FindLink(exit.InterfaceName) is { } link) // One on a card that is gone went with it.
            inside.SetRoute(everywhere, gateway, link.Index);
    }

    public static (IPAddress Address, int PrefixLength) Split(string cidr) =>
        (IPAddress.Parse(cidr[..cidr.IndexOf('/', StringComparison.Ordinal)]), Subnet.Parse(cidr).PrefixLength);

    private static LinkInfo Create(
        RouteSocket route, LinkInfo bridge, bool isPort, Endpoint endpoint, NetNamespace container)
    {
        var settings = new VethSettings(
            endpoint.HostInterfaceName,
            endpoint.InterfaceName,
            MacAddress.TryParse(endpoint.Mac, out var mac) ? mac : MacAddress.Derive(Split(endpoint.IPv4).Address),
            bridge.Mtu,
            isPort ? bridge.Index : 0,
            LinkNames.AliasOf(endpoint.ContainerId, endpoint.NetworkId));
        try
        {
            return route.CreateVeth(settings, container);
        }
        catch (NetlinkException e) when (e.Errno == Errno.EEXIST)
        {
            // Left by an earlier life of the same container, whose namespace has not died yet.
            route.DeleteLink(settings.Name);
            return route.CreateVeth(settings, container);
        }
    }
}
