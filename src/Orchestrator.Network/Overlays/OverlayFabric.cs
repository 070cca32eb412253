using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Overlays;

/// <summary>
/// One overlay on this node: a namespace of its own with a bridge and a VXLAN link, so that the addresses of two
/// overlays may overlap and none of them is ever seen by the host's routing or firewall.
/// </summary>
/// <remarks>
/// Nothing is learned and nothing is flooded to other nodes: where each address lives comes from the cluster's view.
/// <code>
///   container ── veth ── br0 ── vx0 ══ UDP socket in the host's namespace ══ other nodes
/// </code>
/// </remarks>
internal sealed class OverlayFabric : IDisposable
{
    public const string Bridge = "br0";
    public const string Vxlan = "vx0";

    /// <summary>Bytes that VXLAN over IPv4 puts around a packet.</summary>
    public const int Overhead = 50;

    /// <summary>Frames of a tenant are no business of any firewall; the bridge itself is nobody's neighbour.</summary>
    public static ImmutableArray<WantedSetting> Settings { get; } =
    [
        .. new[] { "iptables", "ip6tables", "arptables" }
            .Select(table => new WantedSetting($"bridge/bridge-nf-call-{table}", "0")),
        new WantedSetting("ipv6/conf/all/disable_ipv6", "1"),
    ];

    public static BridgePortSettings Silent { get; } = new()
    {
        Learning = false, UnicastFlood = false, MulticastFlood = false, // Broadcast stays: ARP among local containers.
    };

    private readonly NetNamespace ns;
    private readonly RouteSocket route;
    private LinkInfo bridge;
    private LinkInfo vxlan;

    private OverlayFabric(NetNamespace ns, RouteSocket route, LinkInfo bridge, LinkInfo vxlan) =>
        (this.ns, this.route, this.bridge, this.vxlan) = (ns, route, bridge, vxlan);

    /// <summary>Makes the namespace and its links, or adopts and mends those that are there.</summary>
    public static OverlayFabric Open(string path, RouteSocket host, VxlanSettings settings)
    {
        if (!NetNamespace.IsPinned(path))
        {
            NetNamespace.Unpin(path);
            NetNamespace.CreatePinned(path).Dispose();
        }

        var ns = NetNamespace.Open(path);
        try
        {
            var route = ns.Run(() =>
            {
                foreach (var setting in Settings)
                    Sysctl.TrySet(setting.Path, setting.Value);
                return RouteSocket.Open();
            });
            var (bridge, vxlan) = EnsureLinks(ns, route, host, settings);
            return new OverlayFabric(ns, route, bridge, vxlan);
        }
        catch
        {
            ns.Dispose();
            throw;
        }
    }

    /// <summary>Mends the links, should somebody have removed one, and follows a new underlay address.</summary>
    public void Ensure(RouteSocket host, VxlanSettings settings) =>
        (bridge, vxlan) = EnsureLinks(ns, route, host, settings);

    /// <summary>What must change so that exactly these endpoints of other nodes are reachable.</summary>
    public FabricPlan Plan(IReadOnlyCollection<RemoteEndpoint> wanted) =>
        FabricPlan.Between(vxlan.Index, route.ListStatic(vxlan.Index), wanted);

    public void Change(IReadOnlyCollection<NeighbourChange> changes)
    {
        if (changes.Count > 0)
            route.Change(changes);
    }

    /// <summary>Static entries of the VXLAN link, for comparison with a model.</summary>
    public IReadOnlyCollection<NeighbourInfo> Entries() => route.ListStatic(vxlan.Index);

    /// <summary>Links a container, or takes over the link it has.</summary>
    /// <param name="beyond">What else is reached by the link without a gateway.</param>
    public void Plug(Endpoint endpoint, NetNamespace container, IReadOnlyCollection<IPNetwork> beyond)
    {
        var port = ContainerLink.Ensure(route, bridge, endpoint, container, beyond);
        route.SetPort(port.Index, Silent);
        if (MacAddress.TryParse(endpoint.Mac, out var mac))
            route.Change([new NeighbourChange.PutLocal(port.Index, mac)]);
    }

    public void Unplug(Endpoint endpoint) => route.DeleteLink(endpoint.HostInterfaceName);

    /// <summary>Lets each local port send under its own addresses only.</summary>
    /// <inheritdoc cref="GuardTable.Replace"/>
    public void Guard(IReadOnlyCollection<GuardedPort> ports, GuardedPort? mesh, string subnet) =>
        Nft.Apply(ns, GuardTable.Replace(ports, mesh, subnet));

    /// <summary>Removes ports of containers that are no more.</summary>
    public void RemoveStrangers(IReadOnlySet<string> known)
    {
        foreach (var link in route.ListLinks().Where(l => l.Kind == "veth" && !known.Contains(l.Name)))
            route.DeleteLink(link.Name);
    }

    public void Dispose()
    {
        route.Dispose();
        ns.Dispose();
    }

    private static (LinkInfo Bridge, LinkInfo Vxlan) EnsureLinks(
        NetNamespace ns, RouteSocket route, RouteSocket host, VxlanSettings settings)
    {
        var bridge = route.EnsureBridge(
            Bridge, new BridgeSettings(LinkNames.Mark + settings.Vni, settings.Mtu, Learning: false));
        if (route.FindLink(Vxlan) is { } old && !settings.Local.Equals(old.VxlanLocal))
            route.DeleteLink(Vxlan);
        if (route.FindLink(Vxlan) is null)
            host.CreateVxlan(settings, ns);
        route.SetMaster(Vxlan, bridge.Index);
        route.SetUp(Vxlan);
        var vxlan = route.GetLink(Vxlan);
        route.SetPort(vxlan.Index, Silent);
        return (bridge, vxlan);
    }
}
