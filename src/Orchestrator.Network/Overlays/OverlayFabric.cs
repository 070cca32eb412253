using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;
using Orchestrator.Network.Shaping;

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

    /// <summary>Bytes that it puts around one from an address of the underlay.</summary>
    public static int OverheadOf(IPAddress local) =>
        IpFamily.Of(local).IsIPv6 ? Overhead + 20 : Overhead; // The longer header.

    /// <summary>Frames of a tenant are no business of any firewall; the bridge itself is nobody's neighbour.</summary>
    private static ImmutableArray<WantedSetting> Always { get; } =
    [
        .. new[] { "iptables", "ip6tables", "arptables" }
            .Select(table => new WantedSetting($"bridge/bridge-nf-call-{table}", "0")),
        new WantedSetting("ipv6/conf/all/disable_ipv6", "1"),
    ];

    /// <summary>To answer who has an address the VXLAN link has to have IPv6, but no address.</summary>
    private static ImmutableArray<WantedSetting> OfAnsweringIPv6 { get; } =
    [
        new WantedSetting($"ipv6/conf/{Vxlan}/addr_gen_mode", "1"),
        new WantedSetting($"ipv6/conf/{Vxlan}/disable_ipv6", "0"),
    ];

    public static ImmutableArray<WantedSetting> Settings(bool hasIPv6) => hasIPv6 ? [.. Always, .. OfAnsweringIPv6] : Always;

    /// <summary>Broadcast stays, for ARP among local containers, and multicast where they ask so for neighbours.</summary>
    public static BridgePortSettings PortOf(bool hasIPv6) => new()
    {
        Learning = false, UnicastFlood = false, MulticastFlood = hasIPv6,
    };

    private readonly NetNamespace ns;
    private readonly RouteSocket route;
    private bool hasIPv6;

    public RouteSocket Route => route;

    private LinkInfo bridge = null!; // Both are set by Use, whichever way the fabric came to be.
    private LinkInfo vxlan = null!;

    private readonly Func<string, string, Task>? asked;
    private AddressQuestions? questions;

    private OverlayFabric(
        NetNamespace ns, RouteSocket route, bool hasIPv6, LinkInfo bridge, LinkInfo vxlan, Func<string, string, Task>? asked)
    {
        (this.ns, this.route, this.hasIPv6, this.asked) = (ns, route, hasIPv6, asked);
        Use(bridge, vxlan);
    }

    /// <summary>Makes the namespace and its links, or adopts and mends those that are there.</summary>
    /// <param name="asked">Told which container asked for whose hardware address; null: nobody wants to know.</param>
    public static OverlayFabric Open(
        string path, RouteSocket host, VxlanSettings settings, bool hasIPv6, Func<string, string, Task>? asked = null)
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
                foreach (var setting in Always)
                    Sysctl.TrySet(setting.Path, setting.Value);
                return RouteSocket.Open();
            });
            var (bridge, vxlan) = EnsureLinks(ns, route, host, settings, hasIPv6);
            return new OverlayFabric(ns, route, hasIPv6, bridge, vxlan, asked);
        }
        catch
        {
            ns.Dispose();
            throw;
        }
    }

    /// <summary>Mends the links, should somebody have removed one, and follows a new underlay address or port.</summary>
    public void Ensure(RouteSocket host, VxlanSettings settings, bool hasIPv6)
    {
        this.hasIPv6 = hasIPv6;
        var (bridge, vxlan) = EnsureLinks(ns, route, host, settings, hasIPv6);
        Use(bridge, vxlan);
    }

    /// <summary>Has packets that arrive put together anew, or go on as they come.</summary>
    public void Gather(bool gathers) => ns.Run(() => LinkOffload.Gather(Vxlan, gathers));

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
    /// <param name="guard">Done with a link before it is a port.</param>
    /// <returns>The bridge's port.</returns>
    public LinkInfo Plug(
        Endpoint endpoint, NetNamespace container, IReadOnlyCollection<IPNetwork> beyond, Action<LinkInfo> guard)
    {
        var port = ContainerLink.Ensure(route, bridge, endpoint, container, beyond, guard);
        route.SetPort(port.Index, PortOf(hasIPv6));
        if (MacAddress.TryParse(endpoint.Mac, out var mac))
            route.Change([new NeighbourChange.PutLocal(port.Index, mac)]);
        return port;
    }

    public void Unplug(Endpoint endpoint) => route.DeleteLink(endpoint.HostInterfaceName);

    /// <summary>By link, what the guard's tables were last told.</summary>
    public ImmutableDictionary<string, OverlayPort> Guarded { get; private set; } = ImmutableDictionary<string, OverlayPort>.Empty;

    /// <param name="script">Makes the tables say this of the ports.</param>
    public void Guard(ImmutableDictionary<string, OverlayPort> ports, string script)
    {
        Nft.Apply(ns, script);
        Guarded = ports;
    }

    /// <summary>Removes ports of containers that are no more.</summary>
    public void RemoveStrangers(IReadOnlySet<string> known)
    {
        var detours = known.Where(port => port.Length > 8).Select(LinkShaper.Detour).ToHashSet();
        foreach (var link in route.ListLinks().Where(
            l => (l.Kind == "veth" && !known.Contains(l.Name)) || (l.Kind == "ifb" && !detours.Contains(l.Name))))
            route.DeleteLink(link.Name);
    }

    /// <summary>Takes it away. Its links would die with the namespace, too, but later: the kernel takes its time for that,
    /// and until then nobody else can have the VXLAN identifier.</summary>
    public void Remove()
    {
        route.DeleteLink(Vxlan);
        Dispose();
    }

    /// <summary>The same for one that nobody has opened, if it is there.</summary>
    public static void Remove(string path) => DeleteLink(path, Vxlan);

    /// <inheritdoc cref="Remove(string)"/>
    public static void Unplug(string path, Endpoint endpoint) => DeleteLink(path, endpoint.HostInterfaceName);

    private static void DeleteLink(string path, string name)
    {
        if (!NetNamespace.IsPinned(path))
            return;
        using var ns = NetNamespace.Open(path);
        using var route = RouteSocket.Open(ns);
        route.DeleteLink(name);
    }

    public void Dispose()
    {
        questions?.Dispose();
        route.Dispose();
        ns.Dispose();
    }

    private void Use(LinkInfo bridge, LinkInfo vxlan)
    {
        var isNew = bridge.Index != this.bridge?.Index;
        (this.bridge, this.vxlan) = (bridge, vxlan);
        if (!isNew || asked is null)
            return;
        questions?.Dispose();
        questions = AddressQuestions.Hear(ns, bridge, asked);
    }

    private static (LinkInfo Bridge, LinkInfo Vxlan) EnsureLinks(
        NetNamespace ns, RouteSocket route, RouteSocket host, VxlanSettings settings, bool hasIPv6)
    {
        if (route.FindLink(Bridge) is null || route.FindLink(Vxlan) is null)
            RemoveStrays(route);
        var bridge = route.EnsureBridge(
            Bridge, new BridgeSettings(LinkNames.Mark + settings.Vni, settings.Mtu, Learning: false));
        if (route.FindLink(Vxlan) is { } old
            && (!settings.Local.Equals(old.VxlanLocal) || settings.Port != old.VxlanPort))
            route.DeleteLink(Vxlan);
        if (route.FindLink(Vxlan) is null)
            host.CreateVxlan(settings, ns);
        route.SetMaster(Vxlan, bridge.Index);
        route.SetUp(Vxlan);
        var vxlan = route.GetLink(Vxlan);
        foreach (var link in new[] { vxlan, bridge }.Where(l => l.Mtu != settings.Mtu))
            route.SetMtu(link.Name, settings.Mtu); // Now, for a link that is too small has no IPv6.
        route.SetPort(vxlan.Index, PortOf(hasIPv6));
        if (hasIPv6)
            ns.Run(() => OfAnsweringIPv6.ToList().ForEach(s => Sysctl.Set(s.Path, s.Value)));
        return (bridge, vxlan);
    }

    /// <summary>One of ours that somebody renamed, maybe while no daemon ran, keeps the VXLAN identifier that the next
    /// one needs. Ports are judged when it is known who is plugged in.</summary>
    private static void RemoveStrays(RouteSocket route)
    {
        var own = new OwnLinks([Bridge, Vxlan]) { HasAll = true };
        foreach (var link in route.ListLinks().Where(link => link.Kind is "vxlan" or "bridge" && own.IsStray(link)))
            route.DeleteLink(link.Name);
    }
}
