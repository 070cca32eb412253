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
            LinkNames.Mark + network.Id, network.Mtu ?? defaultMtu, MacAddress.Derive(gateway)));
        foreach (var setting in Settings(network))
            host.Set(setting.Path, setting.Value);
        foreach (var one in network.Pools)
            EnsureAddress(host, bridge, one);
        return bridge;
    }

    /// <returns>The bridge as it was made, of which only what somebody else took away is mended, with the next look. Null:
    /// there is none, or it is not up.</returns>
    public static LinkInfo? Find(HostSpace host, NetworkConfig network) =>
        host.Route.FindLink(LinkNames.BridgeOf(network)) is { Kind: "bridge", IsUp: true } link
            && link.Alias == LinkNames.Mark + network.Id ? link : null;

    /// <summary>Settings of the bridge itself, besides what its addresses bring along.</summary>
    public static ImmutableArray<WantedSetting> Settings(NetworkConfig network)
    {
        var name = LinkNames.BridgeOf(network);
        return
        [
            // Lets localhost:port of the host be translated to a container; the table drops what outsiders could do
            // with it.
            new WantedSetting($"ipv4/conf/{name}/route_localnet", "1"),
            .. network.Pool6 is null ? ImmutableArray<WantedSetting>.Empty :
            [
                new WantedSetting($"ipv6/conf/{name}/disable_ipv6", "0"),
                // A container is no router: what it advertises must not lead the host's packets to it.
                new WantedSetting($"ipv6/conf/{name}/accept_ra", "0"),
            ],
        ];
    }

    private static void EnsureAddress(HostSpace host, LinkInfo bridge, IpamPool pool) =>
        // Both were filled in when the network was made.
        host.Route.EnsureAddress(bridge.Index, IPAddress.Parse(pool.Gateway!), Subnet.Parse(pool.Subnet).PrefixLength);

    private static void RefuseForeign(HostSpace host, string name, NetworkConfig network)
    {
        if (host.Route.FindLink(name) is not { } link
            || (link.Kind == "bridge" && (link.Alias.Length == 0 || link.Alias == LinkNames.Mark + network.Id)))
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
