using System.Collections.Immutable;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;
using Orchestrator.Network.Overlays;

namespace Orchestrator.Network;

/// <summary>What should be in the namespace of each overlay.</summary>
public sealed partial class NodeNetwork
{
    private Site SiteOfOverlay(OverlayView overlay) => new(OverlaySite + overlay.Network.Id, $"network {overlay.Network.Name}")
    {
        Enter = () => NetNamespace.Open(paths.NamespaceOfOverlay(overlay.Network.Vni!.Value)), // Checked as it came in.
        IsOverlay = true,
        IsTrusted = true, // Stated as it was opened.
        Wanted = () => WantedOfOverlay(overlay),
        Make = link => MakeInOverlay(overlay, link),
        Settings = OverlayFabric.Settings(HasIPv6(overlay.Network)),
        Tables = [.. GuardsOf(overlays[overlay.Network.Id], overlay.Network)],
    };

    private IEnumerable<WantedTable> GuardsOf(OverlayFabric fabric, NetworkConfig network)
    {
        var whole = new WantedTable(GuardTable.Id, () => Done(() => Reguard(fabric, network)));
        return [whole, whole with { Id = GuardTable.BridgeId, IsWanted = () => HasLedPast(fabric) }];
    }

    private WantedSpace WantedOfOverlay(OverlayView overlay)
    {
        var settings = Settings(overlay.Network);
        var port = OverlayFabric.PortOf(HasIPv6(overlay.Network));
        ImmutableArray<WantedLink> links =
        [
            new WantedLink(OverlayFabric.Bridge, "bridge")
            {
                Alias = LinkNames.Mark + settings.Vni, Mtu = settings.Mtu,
            },
            new WantedLink(OverlayFabric.Vxlan, "vxlan")
            {
                Master = OverlayFabric.Bridge, Mtu = settings.Mtu, Port = port,
                Local = settings.Local, UdpPort = settings.Port,
            },
            .. ListEndpoints(overlay.Network.Id).Select(
                e => WantedPort(overlay.Network, e, port) with { Mtu = settings.Mtu, Limit = LimitOf(overlay.Network, e) }),
            .. IngressOverlay?.Network.Id != overlay.Network.Id ? ImmutableArray<WantedLink>.Empty
                : [WantedPort(overlay.Network, IngressEndpoint(overlay.Network, cluster.Ingress!), port) with { Mtu = settings.Mtu }],
        ];
        return new WantedSpace
        {
            Links = links,
            // The host's port may be there before the cluster says again what it is for.
            Own = OwnLinks.Named(links.Select(l => l.Name).Append(IngressPortName)) with { HasAll = true },
            Remote = RemoteOf(overlay),
        };
    }

    private WantedLink WantedPort(NetworkConfig network, Endpoint endpoint, BridgePortSettings port) =>
        new(endpoint.HostInterfaceName, "veth")
        {
            Alias = LinkNames.AliasOf(endpoint.ContainerId, endpoint.NetworkId),
            Master = OverlayFabric.Bridge,
            Port = port,
            Forwards = MacAddress.TryParse(endpoint.Mac, out var mac) ? mac : null,
            IsGuarded = (index, hasDetour) =>
                overlays[network.Id].Guarded.TryGetValue(endpoint.HostInterfaceName, out var known)
                && known.IsAs(PortOf(network, endpoint, index, hasDetour)),
        };

    private ImmutableArray<RemoteEndpoint> RemoteOf(OverlayView overlay) =>
    [
        .. overlay.Endpoints.Where(e => !e.IsLocal && e.NodeVtep.Length > 0 && e.NodeVtep != cluster.NodeVtep)
            .SelectMany(e => RemoteEndpoint.From(HasIPv6(overlay.Network) ? e : e with { Ip6 = null })),
    ];

    private bool MakeInOverlay(OverlayView overlay, string link)
    {
        if (link is OverlayFabric.Bridge or OverlayFabric.Vxlan)
            Ensure(OpenFabric(overlay.Network), overlay.Network);
        else if (EndpointOf(link) is { } endpoint)
            Plug(endpoint);
        else if (link == IngressPortName)
            EnsureIngressLink(overlay.Network, cluster.Ingress!);
        else
            return false;
        return true;
    }
}
