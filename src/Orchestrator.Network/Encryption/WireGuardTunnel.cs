using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Encryption;

/// <summary>What this node's tunnel should be.</summary>
/// <param name="Mtu">Of the tunnel's link.</param>
internal sealed record WireGuardSettings(int Port, int Mtu, ImmutableArray<WireGuardPeer> Peers);

/// <summary>The one WireGuard link of this node, through which all overlays under WireGuard go.</summary>
/// <remarks>
/// The nodes' underlay addresses stay what they are inside of the tunnel, so an overlay's link and entries do not care:
/// a mark and a table of routes of its own lead into the tunnel, and its packets, which have no mark, out by the
/// ordinary routes. An address that serves nobody lets the host look at where a packet came from, loosely.
/// </remarks>
internal sealed class WireGuardTunnel(HostSpace host, WireGuardKey key)
{
    public const string LinkName = "orchwg0";

    /// <summary>RFC 7600, "IPv4 dummy address".</summary>
    public const string LinkAddress = "192.0.0.8/32";

    public const string Alias = LinkNames.Mark + "wireguard";

    /// <summary>Bytes that WireGuard puts around a packet, over IPv4 and over IPv6.</summary>
    public const int OverheadIPv4 = 60, OverheadIPv6 = 80;

    private const int Table = 0x0b0d, Priority = 2_816;

    public static string ReversePathSetting => $"ipv4/conf/{LinkName}/rp_filter";

    public static string LooseReversePath => "2";

    /// <summary>Makes and changes what differs. Sessions with peers that stay go on.</summary>
    public void Ensure(WireGuardSettings settings)
    {
        KernelFeature.Need("WireGuard (module wireguard)", "an encrypted network", () =>
        {
            if (host.Route.FindLink(LinkName) is null)
                host.Route.CreateWireGuard(LinkName, Alias);
            using var wireGuard = WireGuardSocket.Open(host.Namespace);
            Configure(wireGuard, settings);
        });
        host.Route.SetMtu(LinkName, settings.Mtu);
        host.Set(ReversePathSetting, LooseReversePath);
        host.Route.SetUp(LinkName);
        var link = host.Route.GetLink(LinkName).Index;
        var (address, length) = ContainerLink.Split(LinkAddress);
        host.Route.EnsureAddress(link, address, length);
        EnsureWay(link, isIPv6: false);
        if (settings.Peers.Any(p => IsIPv6(p.Allowed)))
            EnsureWay(link, isIPv6: true);
    }

    /// <summary>Key, port and peers are as they should be.</summary>
    public bool IsConfigured(WireGuardSettings settings)
    {
        try
        {
            using var wireGuard = WireGuardSocket.Open(host.Namespace);
            var found = wireGuard.Read(LinkName);
            return found.PublicKey.Length > 0 && found.Port == settings.Port
                && found.Peers.Length == settings.Peers.Length && !settings.Peers.Except(found.Peers).Any();
        }
        catch (NetlinkException)
        {
            return false; // The link is not there.
        }
    }

    /// <summary>Rule and route lead into the tunnel.</summary>
    public bool IsLedTo(bool isIPv6) =>
        host.Route.FindLink(LinkName) is { } link && HasRule(isIPv6)
        && host.Route.ListRoutes(isIPv6).Exists(r => r.Table == Table && r.Link == link.Index);

    public void Remove()
    {
        foreach (var isIPv6 in new[] { false, true })
        {
            if (HasRule(isIPv6))
                host.Route.DeleteRule(RuleOf(isIPv6));
        }

        if (host.Route.FindLink(LinkName) is { } link && LinkNames.IsOurs(link))
            host.Route.DeleteLink(LinkName); // Its routes go with it.
    }

    private void Configure(WireGuardSocket wireGuard, WireGuardSettings settings)
    {
        var found = wireGuard.Read(LinkName);
        if (found.PublicKey.Length == 0 || found.Port != settings.Port)
            wireGuard.Configure(LinkName, key.Private(), (ushort)settings.Port);
        var keys = settings.Peers.Select(p => p.PublicKey).ToHashSet();
        wireGuard.RemovePeers(LinkName, [.. found.Peers.Where(p => !keys.Contains(p.PublicKey))]);
        wireGuard.PutPeers(LinkName, [.. settings.Peers.Except(found.Peers)]);
    }

    private void EnsureWay(int link, bool isIPv6)
    {
        host.Route.PutRoute(
            new RouteSpec
            {
                Destination = new IPNetwork(isIPv6 ? IPAddress.IPv6Any : IPAddress.Any, 0), Link = link, Table = Table,
            }, RoutePut.Replace);
        if (!HasRule(isIPv6))
            host.Route.AddRule(RuleOf(isIPv6));
    }

    private bool HasRule(bool isIPv6) =>
        host.Route.ListRules(isIPv6).Exists(r => r.Table == Table && r.Mark == TunnelMarks.WireGuard);

    private static RuleSpec RuleOf(bool isIPv6) => new()
    {
        IsIPv6 = isIPv6, Table = Table, Priority = Priority, Mark = TunnelMarks.WireGuard, Mask = TunnelMarks.WireGuard,
    };

    private static bool IsIPv6(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
}
