using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Addressing;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Bridging;

/// <summary>The bridge of a local network, in the host's namespace.</summary>
internal static class BridgeLink
{
    public static LinkInfo Ensure(HostSpace host, NetworkConfig network, int defaultMtu)
    {
        var name = LinkNames.BridgeOf(network);
        var pool = network.Pools[0];
        var gateway = IPAddress.Parse(pool.Gateway!); // Filled in when the network was made.
        RefuseForeign(host, name, network);
        var bridge = host.Route.EnsureBridge(name, new BridgeSettings(
            Mtu: network.Mtu ?? defaultMtu, Mac: MacAddress.Derive(gateway)));
        Mark(host, bridge, network);
        foreach (var setting in Settings(host, network))
            host.TrySet(setting);
        foreach (var one in network.Pools)
            EnsureAddress(host, bridge, one);
        return bridge;
    }

    /// <returns>The bridge as it was made, of which only what somebody else took away is mended, with the next look. Null:
    /// there is none, or it is not up.</returns>
    public static LinkInfo? Find(HostSpace host, NetworkConfig network) =>
        host.Route.FindLink(LinkNames.BridgeOf(network)) is { IsUp: true } link && IsOf(link, network) ? link : null;

    /// <summary>Is the bridge there, and no foreign link in its place?</summary>
    public static bool IsThere(HostSpace host, NetworkConfig network) =>
        host.Route.FindLink(LinkNames.BridgeOf(network)) is { } link && IsOf(link, network);

    /// <summary>Gateways that a bridge which is there already does not have as addresses yet.</summary>
    public static ImmutableArray<string> MissingOf(HostSpace host, NetworkConfig network)
    {
        if (host.Route.FindLink(LinkNames.BridgeOf(network)) is not { } link)
            return [];
        var present = IpFamily.Both.SelectMany(family => host.Route.ListAddresses(family.Sockets))
            .Where(a => a.Index == link.Index).Select(a => a.Address.ToString()).ToHashSet();
        return [.. network.Pools.Select(pool => pool.Gateway!).Where(gateway => !present.Contains(gateway))];
    }

    /// <summary>Takes the bridge away. One that somebody made before us stays, without what we put on it.</summary>
    public static void Remove(HostSpace host, NetworkConfig network)
    {
        if (host.Route.FindLink(LinkNames.BridgeOf(network)) is not { } link || !IsOf(link, network))
            return;
        if (IsMade(link, network))
        {
            host.Route.DeleteLink(link.Name);
            return;
        }

        // No table keeps its neighbours from what listens on the host's loopback any more.
        host.TrySet(LoopbackRouted(link.Name, "0"));
        if (!network.GivenToBridge.IsDefault)
        {
            foreach (var pool in network.Pools.Where(pool => network.GivenToBridge.Contains(pool.Gateway!)))
                host.Route.DeleteAddress(link.Index, IPAddress.Parse(pool.Gateway!), Subnet.Parse(pool.Subnet).PrefixLength);
        }

        if (link.Alias.Length > 0)
            host.Route.SetAlias(link.Name, "");
    }

    /// <summary>Settings of the bridge itself, besides what its addresses bring along.</summary>
    public static ImmutableArray<WantedSetting> Settings(HostSpace host, NetworkConfig network)
    {
        var name = LinkNames.BridgeOf(network);
        return
        [
            // Lets localhost:port of the host be translated to a container; the table drops what outsiders could do
            // with it.
            LoopbackRouted(name, "1"),
            .. IsForeign(host, network) ? [] : network.Pool6 is null ? WithoutIPv6(name) :
            [
                // A container is no router: what it advertises must not lead the host's packets to it.
                new WantedSetting($"ipv6/conf/{name}/accept_ra", "0"),
            ],
            // Or the network's own address could not be put on it.
            .. network.Pool6 is null ? ImmutableArray<WantedSetting>.Empty
                : [new WantedSetting($"ipv6/conf/{name}/disable_ipv6", "0")],
        ];
    }

    /// <summary>A bridge without addresses of IPv6 has none at all: by its link-local one, a container would reach the
    /// host past every table that is written for its network.</summary>
    public static ImmutableArray<WantedSetting> WithoutIPv6(string bridge) =>
        [new WantedSetting($"ipv6/conf/{bridge}/disable_ipv6", "1")];

    /// <summary>Somebody made it before us: by it the host may have its own IPv6, or hear of a router yet. There the
    /// bridges' table alone keeps containers from what such settings would.</summary>
    private static bool IsForeign(HostSpace host, NetworkConfig network) =>
        host.Route.FindLink(LinkNames.BridgeOf(network)) is { } link && !IsMade(link, network);

    private static WantedSetting LoopbackRouted(string bridge, string value) =>
        new($"ipv4/conf/{bridge}/route_localnet", value);

    private static bool IsOf(LinkInfo link, NetworkConfig network) =>
        link.Kind == "bridge" && (link.Alias.Length == 0 || link.Alias == LinkNames.Mark + network.Id);

    /// <summary>We made it: a name that nobody chose tells, else the hardware address does.</summary>
    private static bool IsMade(LinkInfo bridge, NetworkConfig network) =>
        !LinkNames.IsNamed(network) || bridge.Mac == MacAddress.Derive(IPAddress.Parse(network.Pools[0].Gateway!));

    /// <summary>Whatever bears the mark is taken for ours, and goes when no record speaks of it: so only what we made bears
    /// it. An earlier version marked others, too.</summary>
    private static void Mark(HostSpace host, LinkInfo bridge, NetworkConfig network)
    {
        var mark = IsMade(bridge, network) ? LinkNames.Mark + network.Id : "";
        if (bridge.Alias != mark)
            host.Route.SetAlias(bridge.Name, mark);
    }

    private static void EnsureAddress(HostSpace host, LinkInfo bridge, IpamPool pool) =>
        // Both were filled in when the network was made.
        host.Route.EnsureAddress(bridge.Index, IPAddress.Parse(pool.Gateway!), Subnet.Parse(pool.Subnet).PrefixLength);

    private static void RefuseForeign(HostSpace host, string name, NetworkConfig network)
    {
        if (host.Route.FindLink(name) is not { } link || IsOf(link, network))
            return;
        // The default bridge of a data root that is no more: whoever was on it went with it.
        if (network.Name == NetworkDrivers.Bridge && link.Kind == "bridge"
            && link.Alias.StartsWith(LinkNames.Mark, StringComparison.Ordinal))
        {
            host.Route.DeleteLink(name);
            return;
        }

        throw new NetworkException(
            NetworkFault.Conflict,
            $"link {name} belongs to something else; give network {network.Name} another bridge name");
    }
}
