using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Balancing;
using Orchestrator.Network.Bridging;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network;

/// <summary>What should be in the host's own namespace.</summary>
public sealed partial class NodeNetwork
{
    private Site SiteOfHost() => new(HostSite, "host")
    {
        Enter = () => NetNamespace.Open(host.Namespace.Path),
        Wanted = WantedOfHost,
        Make = MakeInHost,
        IsTrusted = true, // Stated as the daemon started.
        Settings =
        [
            new WantedSetting("ipv4/ip_forward", "1"),
            .. Bridges.Any(n => n.Pool6 is not null) || PublishesIPv6
                ? ImmutableArray.Create(new WantedSetting(Forwarding.Path, "1")) : [],
            .. Bridges.Where(n => BridgeLink.IsThere(host, n)).SelectMany(n => BridgeLink.Settings(host, n)),
            .. VlanBridges.Where(IsOurLink).SelectMany(name => BridgeLink.WithoutIPv6(name)),
            .. IngressOverlay is null || !IsOurLink(IngressTable.LinkName) ? ImmutableArray<WantedSetting>.Empty
                : IngressTable.Settings,
            .. TunnelSettings,
        ],
        States = [.. TunnelStates(), .. SwitchPortsWanted],
        Tables =
        [
            .. TabledFamilies.Select(family => new WantedTable(
                family.TableNamed(HostTable.Name), () => Done(() => ReplaceHostTable(family)))),
            NeighbourTableWanted,
            .. CryptTables,
            .. ingressModels.Where(s => s.Value is not null).Select(s => new WantedTable(
                s.Key.TableNamed(IngressTable.Name), () => Done(() => StateIngress(s.Key, s.Value)))),
        ],
    };

    /// <summary>Of a foreign link that has taken our name not even a setting is changed.</summary>
    private bool IsOurLink(string name) => host.Route.FindLink(name) is { } found && LinkNames.IsOurs(found);

    /// <summary>A bridge that was made for pipes goes when it is idle, which an address on it says it is not; a card that a
    /// container has is the host's.</summary>
    private OwnLinks OwnLinksOfHost => OwnLinks.Named(
        sandboxes.Values.SelectMany(s => s.Endpoints).Select(e => e.HostInterfaceName)
            .Concat(Bridges.Select(LinkNames.BridgeOf)).Concat(VlanBridges).Concat(PipeLinks)
            .Concat(Outside.Select(Parents.HostAccess.NameOf))
            .Append(IngressTable.LinkName).Append(Encryption.WireGuardTunnel.LinkName)) with
    {
        Spared =
        [
            Pipes.PipeBridges.BridgeAlias,
            .. pipes.Values.Where(p => p.Kind == PipeKind.Physical).Select(Pipes.PipePlumber.AliasOf),
        ],
    };

    private WantedSpace WantedOfHost()
    {
        var local = networks.Values.ToDictionary(n => n.Id);
        var hairpin = host.CallsIptablesForBridges;
        return new WantedSpace
        {
            Own = OwnLinksOfHost,
            Links =
            [
                .. Bridges.Select(n => new WantedLink(LinkNames.BridgeOf(n), "bridge")
                {
                    Alias = LinkNames.Mark + n.Id,
                    Mtu = n.Mtu ?? options.Mtu,
                    OwnMac = MacAddress.Derive(IPAddress.Parse(n.Pools[0].Gateway!)), // Filled in when it was made.
                    Address = GatewayOf(n.Pools[0]),
                    Address6 = n.Pool6 is { } six ? GatewayOf(six) : null,
                }),
                .. TunnelLinksWanted,
                .. VlanLinksWanted,
                .. HostAccessWanted,
                .. PipePortsWanted,
                .. sandboxes.Values.SelectMany(s => s.Endpoints)
                    .Where(e => local.ContainsKey(e.NetworkId) && e.HostInterfaceName.Length > 0)
                    .Select(e => new WantedLink(e.HostInterfaceName, "veth")
                    {
                        Alias = LinkNames.AliasOf(e.ContainerId, e.NetworkId),
                        Master = LinkNames.BridgeOf(local[e.NetworkId]),
                        Port = PortOf(local[e.NetworkId], hairpin),
                        Limit = LimitOf(local[e.NetworkId], e),
                    }),
                .. IngressOverlay is not { } mesh ? ImmutableArray<WantedLink>.Empty
                    : [new WantedLink(IngressTable.LinkName, "veth")
                    {
                        Alias = LinkNames.Mark + mesh.Network.Id,
                        Address = IngressEndpoint(mesh.Network, cluster.Ingress!).IPv4,
                        Address6 = IngressEndpoint(mesh.Network, cluster.Ingress!).IPv6,
                        Mtu = MtuOf(mesh.Network),
                        Mac = GuardedPortOf(IngressEndpoint(mesh.Network, cluster.Ingress!)).Mac,
                        Beyond = BeyondOf(IngressEndpoint(mesh.Network, cluster.Ingress!)),
                    }],
            ],
        };
    }

    private static string GatewayOf(IpamPool pool) =>
        $"{pool.Gateway}/{Addressing.Subnet.Parse(pool.Subnet).PrefixLength}";

    private static BridgePortSettings PortOf(NetworkConfig network, bool hairpin) =>
        new() { Isolated = !network.Icc, Hairpin = hairpin, BridgesReserved = true };

    private bool MakeInHost(string link)
    {
        if (Bridges.FirstOrDefault(n => LinkNames.BridgeOf(n) == link) is { } network)
            EnsureBridge(network);
        else if (EndpointOf(link) is { } endpoint)
            Plug(endpoint);
        else if (link == IngressTable.LinkName && IngressOverlay is { } mesh)
            EnsureIngressLink(mesh.Network, cluster.Ingress!);
        else if (link == Encryption.WireGuardTunnel.LinkName)
            EnsureTunnels();
        else
            return MakeOutsideOrPipe(link);
        return true;
    }

    private Endpoint? EndpointOf(string hostInterface) =>
        sandboxes.Values.SelectMany(s => s.Endpoints).FirstOrDefault(e => e.HostInterfaceName == hostInterface);
}
