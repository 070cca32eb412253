using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Bridging;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Parents;

/// <summary>Links of networks that stand on a network card of the host: macvlan, ipvlan, and bridges over a
/// VLAN.</summary>
internal sealed class ParentLinks(HostSpace host)
{
    private readonly HostAccess access = new(host);

    /// <summary>Name of the link that a network stands on.</summary>
    public static string NameOf(NetworkConfig network) => network.Driver switch
    {
        NetworkDrivers.Vlan =>
            $"{ParentOptions.ParentOf(network)}.{network.Options.GetValueOrDefault(Model.SegmentDrivers.TagOption)}",
        _ when ParentOptions.ParentOf(network) is { Length: > 0 } parent => parent,
        _ => DummyOf(network),
    };

    /// <summary>Refuses a network whose containers could have no link. (That of a VLAN is the network's own, and made with
    /// it.)</summary>
    public static void NeedLinks(NetworkConfig network)
    {
        if (network.Driver != NetworkDrivers.Vlan)
            NeedLinks(network, () => NetworkFeatures.Try(network.Driver));
    }

    /// <summary>Makes what the network stands on, where it is missing.</summary>
    public LinkInfo Ensure(NetworkConfig network)
    {
        if (network.Driver == NetworkDrivers.Vlan)
            return EnsureBridge(network);
        if (ParentOptions.ParentOf(network).Length > 0)
        {
            var parent = VlanLinks.Ensure(host, NameOf(network));
            access.Ensure(network, parent);
            return parent;
        }

        var name = DummyOf(network);
        if (host.Route.FindLink(name) is null)
            KernelFeature.Need(
                "dummy links (module dummy)", $"a {network.Driver} network without -o parent",
                () => host.Route.CreateDummy(name, LinkNames.Mark + network.Id, mac: null));
        host.Route.SetUp(name);
        return host.Route.GetLink(name);
    }

    /// <summary>The bridge of a VLAN, its uplink a port of it. The host has no address there.</summary>
    public LinkInfo EnsureBridge(NetworkConfig network)
    {
        var uplink = VlanLinks.Ensure(host, NameOf(network));
        var name = LinkNames.BridgeOf(network);
        var alias = LinkNames.Mark + network.Id;
        if (!VlanLinks.IsOurs(uplink))
            throw new NetworkException(NetworkFault.Conflict,
                $"link {uplink.Name} belongs to something else, which a bridge would cut off; remove it, or use -d macvlan on it");
        if (host.Route.FindLink(name) is { } taken && taken.Alias != alias)
            throw new NetworkException(NetworkFault.Conflict,
                $"link {name} belongs to something else; give network {network.Name} another bridge name");
        var bridge = host.Route.EnsureBridge(name, new BridgeSettings(alias, network.Mtu ?? uplink.Mtu));
        foreach (var setting in BridgeLink.WithoutIPv6(name))
            host.TrySet(setting);
        host.Route.SetUp(name);
        if (uplink.Master != bridge.Index)
            host.Route.SetMaster(uplink.Name, bridge.Index);
        return bridge;
    }

    /// <summary>Makes a container's link and gives it its address, or takes over what is there.</summary>
    public void Plug(NetworkConfig network, Endpoint endpoint, NetNamespace container)
    {
        using var inside = RouteSocket.Open(container);
        var alias = LinkNames.AliasOf(endpoint.ContainerId, endpoint.NetworkId);
        if (inside.FindLink(endpoint.InterfaceName)?.Alias != alias)
        {
            // The container renamed it: with two there would be two of its address.
            foreach (var renamed in inside.ListLinks().Where(l => l.Alias == alias))
                inside.DeleteLink(renamed.Name);
            Create(network, endpoint, alias, container);
        }

        var link = ContainerLink.Configure(inside, endpoint, container);
        foreach (var cidr in endpoint.Cidrs)
            Pipes.Announcement.Send(container, link, ContainerLink.Split(cidr).Address);
        access.Lead(network, endpoint);
    }

    /// <param name="container">Null: it is gone, and its link with it.</param>
    public void Unplug(NetworkConfig? network, Endpoint endpoint, NetNamespace? container)
    {
        if (network is not null)
            access.Unlead(network, endpoint);
        if (container is null)
            return;
        using var inside = RouteSocket.Open(container);
        if (inside.FindLink(endpoint.InterfaceName)?.Alias == LinkNames.AliasOf(endpoint.ContainerId, endpoint.NetworkId))
            inside.DeleteLink(endpoint.InterfaceName);
    }

    /// <summary>Removes what was made for this network alone.</summary>
    public void Remove(NetworkConfig network)
    {
        access.Remove(network);
        var own = network.Driver == NetworkDrivers.Vlan ? LinkNames.BridgeOf(network) : DummyOf(network);
        if (host.Route.FindLink(own)?.Alias == LinkNames.Mark + network.Id)
            host.Route.DeleteLink(own);
    }

    private void Create(NetworkConfig network, Endpoint endpoint, string alias, NetNamespace container)
    {
        var parent = Ensure(network);
        var settings = new SublinkSettings(
            endpoint.InterfaceName, parent.Index, alias, MacAddress.TryParse(endpoint.Mac, out var mac) ? mac : null, network.Mtu);
        try
        {
            NeedLinks(network, () =>
            {
                if (network.Driver == NetworkDrivers.Macvlan)
                    host.Route.CreateMacvlan(settings, ParentOptions.MacvlanModeOf(network), container);
                else
                    host.Route.CreateIpvlan(
                        settings, ParentOptions.IpvlanModeOf(network), ParentOptions.IpvlanFlagOf(network), container);
            });
        }
        catch (NetlinkException e) when (e.Errno == Errno.EBUSY)
        {
            throw new NetworkException(NetworkFault.Conflict,
                $"failed to create the {network.Driver} port: {parent.Name} is in use by links of another kind, or is a port of "
                + "a bridge; a card carries macvlan or ipvlan, not both", e);
        }
    }

    private static void NeedLinks(NetworkConfig network, Action make) =>
        KernelFeature.Need($"{network.Driver} links (module {network.Driver})", $"network {network.Name}", make);

    private static string DummyOf(NetworkConfig network) => $"dm-{network.Id[..Math.Min(12, network.Id.Length)]}";
}
