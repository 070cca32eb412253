using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Balancing;
using Orchestrator.Network.Bridging;
using Orchestrator.Network.Helper;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;
using Orchestrator.Network.Overlays;
using Orchestrator.Network.Returning;

namespace Orchestrator.Network;

/// <summary>What should be in which namespace, told from the records alone.</summary>
public sealed partial class NodeNetwork
{
    private const string HostSite = "host", OverlaySite = "overlay ", ContainerSite = "container ";

    private static readonly TableId
        GuardTableId = TableId.Bridge(GuardTable.Name),
        NamesTableId = TableId.Ip(ResolverConfig.TableName);

    /// <summary>The host first, for what is in the others hangs on it.</summary>
    private IEnumerable<Site> Sites() =>
    [
        SiteOfHost(),
        .. cluster.Overlays.Where(o => overlays.ContainsKey(o.Network.Id)).Select(SiteOfOverlay),
        .. sandboxes.Values.Where(IsThere).Select(SiteOfContainer),
    ];

    /// <summary>Asked of the file once: a namespace that is open stays.</summary>
    private bool IsThere(SandboxRecord sandbox) =>
        spaces.ContainsKey(ContainerSite + sandbox.ContainerId)
        || NetNamespace.IsPinned(paths.NamespaceOf(sandbox.ContainerId));

    /// <summary>The ingress overlay, once this node is to take part.</summary>
    private OverlayView? IngressOverlay => cluster.Overlays.FirstOrDefault(
        o => o.Network.Id == cluster.Ingress?.NetworkId && overlays.ContainsKey(o.Network.Id));

    private Site SiteOfHost() => new(HostSite, "host")
    {
        Enter = () => NetNamespace.Open(host.Namespace.Path),
        Wanted = WantedOfHost,
        Make = MakeInHost,
        IsTrusted = true, // Stated as the daemon started.
        Settings =
        [
            new WantedSetting("ipv4/ip_forward", "1"),
            .. Bridges.Any(n => n.Pool6 is not null) || (IngressOverlay is { } six && HasIPv6(six.Network))
                ? ImmutableArray.Create(new WantedSetting(Forwarding.Path, "1")) : [],
            .. Bridges.Where(n => IsOurLink(LinkNames.BridgeOf(n))).SelectMany(n => BridgeLink.Settings(n)),
            .. IngressOverlay is null || !IsOurLink(IngressTable.LinkName) ? ImmutableArray<WantedSetting>.Empty
                : IngressTable.Settings,
            .. TunnelSettings,
        ],
        States = [.. TunnelStates()],
        Tables =
        [
            .. TabledFamilies.Select(family => new WantedTable(
                TableId.Of(family, HostTable.Name), () => Done(() => ReplaceHostTable(family)))),
            .. CryptTables,
            .. UnderlayTables,
            .. ingressScripts.Where(s => s.Value.Length > 0).Select(s => new WantedTable(
                TableId.Of(s.Key, IngressTable.Name), () => Done(() => StateIngress(s.Key, s.Value)))),
        ],
    };

    /// <summary>Of a foreign link that has taken our name not even a setting is changed.</summary>
    private bool IsOurLink(string name) => host.Route.FindLink(name) is { } found && LinkNames.IsOurs(found);

    private WantedSpace WantedOfHost()
    {
        var local = networks.Values.ToDictionary(n => n.Id);
        var hairpin = host.CallsIptablesForBridges;
        return new WantedSpace
        {
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
                        Beyond = BeyondOf(IngressEndpoint(mesh.Network, cluster.Ingress!)),
                    }],
            ],
        };
    }

    private static string GatewayOf(IpamPool pool) =>
        $"{pool.Gateway}/{Addressing.Subnet.Parse(pool.Subnet).PrefixLength}";

    private static BridgePortSettings PortOf(NetworkConfig network, bool hairpin) =>
        new() { Isolated = !network.Icc, Hairpin = hairpin };

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

    private Site SiteOfOverlay(OverlayView overlay) => new(OverlaySite + overlay.Network.Id, $"network {overlay.Network.Name}")
    {
        Enter = () => NetNamespace.Open(paths.NamespaceOfOverlay(overlay.Network.Vni!.Value)), // Checked as it came in.
        IsOverlay = true,
        IsTrusted = true, // Stated as it was opened.
        Wanted = () => WantedOfOverlay(overlay),
        Make = link => MakeInOverlay(overlay, link),
        Settings = OverlayFabric.Settings(HasIPv6(overlay.Network)),
        Tables = [new WantedTable(GuardTableId, () => Done(() => Guard(overlay.Network.Id)))],
    };

    private WantedSpace WantedOfOverlay(OverlayView overlay)
    {
        var settings = Settings(overlay.Network);
        var port = OverlayFabric.PortOf(HasIPv6(overlay.Network));
        return new WantedSpace
        {
            Links =
            [
                new WantedLink(OverlayFabric.Bridge, "bridge")
                {
                    Alias = LinkNames.Mark + settings.Vni, Mtu = settings.Mtu,
                },
                new WantedLink(OverlayFabric.Vxlan, "vxlan")
                {
                    Master = OverlayFabric.Bridge, Mtu = settings.Mtu, Port = port, Local = settings.Local,
                },
                .. ListEndpoints(overlay.Network.Id).Select(
                    e => OverlayPort(e, port) with { Mtu = settings.Mtu, Limit = LimitOf(overlay.Network, e) }),
                .. IngressOverlay?.Network.Id != overlay.Network.Id ? ImmutableArray<WantedLink>.Empty
                    : [OverlayPort(IngressEndpoint(overlay.Network, cluster.Ingress!), port) with { Mtu = settings.Mtu }],
            ],
            Remote = RemoteOf(overlay),
        };
    }

    private static WantedLink OverlayPort(Endpoint endpoint, BridgePortSettings port) => new(endpoint.HostInterfaceName, "veth")
    {
        Alias = LinkNames.AliasOf(endpoint.ContainerId, endpoint.NetworkId),
        Master = OverlayFabric.Bridge,
        Port = port,
        Forwards = MacAddress.TryParse(endpoint.Mac, out var mac) ? mac : null,
    };

    private ImmutableArray<RemoteEndpoint> RemoteOf(OverlayView overlay) =>
    [
        .. overlay.Endpoints.Where(e => !e.IsLocal && e.NodeVtep.Length > 0 && e.NodeVtep != cluster.NodeVtep)
            .SelectMany(RemoteEndpoint.From),
    ];

    private bool MakeInOverlay(OverlayView overlay, string link)
    {
        if (link is OverlayFabric.Bridge or OverlayFabric.Vxlan)
            OpenFabric(overlay.Network).Ensure(host.Route, Settings(overlay.Network));
        else if (EndpointOf(link) is { } endpoint)
            Plug(endpoint);
        else if (link == IngressPortName)
            EnsureIngressLink(overlay.Network, cluster.Ingress!);
        else
            return false;
        return true;
    }

    private Site SiteOfContainer(SandboxRecord sandbox) =>
        new(ContainerSite + sandbox.ContainerId, $"container {sandbox.Config.Name}")
        {
            Enter = () => NetNamespace.Open(paths.NamespaceOf(sandbox.ContainerId)),
            IsTrusted = !adopted.Contains(sandbox.ContainerId),
            Wanted = () => WantedOfContainer(sandbox),
            Make = link => MakeInContainer(sandbox, link),
            Settings =
            [
                .. sandbox.Endpoints.Where(IsKnown).SelectMany(ContainerLink.Settings),
                .. returns.GetValueOrDefault(sandbox.ContainerId)?.Settings ?? [],
            ],
            Tables = [.. TablesOfContainer(sandbox)],
        };

    private WantedSpace WantedOfContainer(SandboxRecord sandbox) => new()
    {
        Links =
        [
            new WantedLink("lo", "") { Address = "127.0.0.1/8" },
            .. sandbox.Endpoints.Where(IsKnown)
                .Select(e => new WantedLink(e.InterfaceName, KindOf(e))
                {
                    Address = e.IPv4, Address6 = e.IPv6, Beyond = BeyondOf(e), Mtu = MtuOf(e),
                }),
            .. PipesWanted(sandbox.ContainerId),
        ],
        Exit = WantedExitOf(sandbox),
        Exit6 = WantedExit6Of(sandbox),
        Ways = [.. returns.GetValueOrDefault(sandbox.ContainerId)?.Ways ?? []],
    };

    /// <summary>Not of an overlay that the cluster speaks of no more.</summary>
    private bool IsKnown(Endpoint endpoint) =>
        networks.ContainsKey(endpoint.NetworkId) || cluster.Overlays.Any(o => o.Network.Id == endpoint.NetworkId);

    private bool MakeInContainer(SandboxRecord sandbox, string link)
    {
        if (sandbox.Endpoints.FirstOrDefault(e => e.InterfaceName == link) is { } endpoint)
            Plug(endpoint);
        else if (PipesOf(sandbox.ContainerId).FirstOrDefault(p => p.Config.InterfaceName == link) is { } pipe)
            Plug(pipe);
        else
            return false;
        return true;
    }

    private IEnumerable<WantedTable> TablesOfContainer(SandboxRecord sandbox)
    {
        foreach (var family in IpFamily.Both)
        {
            if (balancers.GetValueOrDefault(sandbox.ContainerId)?.Of(family) is { Vips.IsEmpty: false } model)
                yield return new WantedTable(
                    TableId.Of(family, BalancerTable.Name), () => Done(() => Rebalance(sandbox, family, model)));
        }
        if (returns.TryGetValue(sandbox.ContainerId, out var back))
        {
            foreach (var (family, script) in back.Scripts)
                yield return new WantedTable(
                    TableId.Of(family, ReturnTable.Name), () => Done(() => StateReturn(sandbox, family, script)));
        }

        if (names.HasResolver(sandbox.ContainerId))
            yield return new WantedTable(NamesTableId, () => RestateNamesAsync(sandbox));
        foreach (var table in PolicyTablesOf(sandbox))
            yield return table;
    }

    private void Rebalance(SandboxRecord sandbox, IpFamily family, BalancerModel model)
    {
        using var ns = NetNamespace.Open(paths.NamespaceOf(sandbox.ContainerId));
        Stating(ContainerSite + sandbox.ContainerId, TableId.Of(family, BalancerTable.Name), whole: true,
            () => Linux.Nftables.Nft.Apply(ns, BalancerTable.Replace(family, model)));
    }

    /// <summary>The ports that the rules lead to are orch-net's: it alone can say them.</summary>
    private Task RestateNamesAsync(SandboxRecord sandbox) => StatingAsync(
        ContainerSite + sandbox.ContainerId, NamesTableId, whole: true,
        () => helper.AskAsync(
            new HelperRequest(HelperOperation.RestateResolver, sandbox.ContainerId), mendingEnds.Token));

    /// <summary>Runs a transaction of ours in a namespace; if it is looked after, it will not be taken for
    /// meddling.</summary>
    private void Stating(string site, TableId table, bool whole, Action transaction)
    {
        if (spaces.TryGetValue(site, out var space))
            space.Stating(table, whole, transaction);
        else
            transaction();
    }

    private async Task StatingAsync(string site, TableId table, bool whole, Func<Task> transaction)
    {
        if (!spaces.TryGetValue(site, out var space))
        {
            await transaction();
            return;
        }

        var before = space.Generation();
        await transaction();
        space.Tables.Stated(table, whole, before, space.Generation());
    }

    private static Task Done(Action work)
    {
        work();
        return Task.CompletedTask;
    }
}
