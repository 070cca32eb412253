using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Addressing;
using Orchestrator.Network.Hosting;

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
        host.Route.EnsureAddress(bridge.Index, gateway, Subnet.Parse(pool.Subnet).PrefixLength);
        // Lets localhost:port of the host be translated to a container; the table drops what outsiders could do with
        // it.
        host.Set($"ipv4/conf/{name}/route_localnet", "1");
        return bridge;
    }

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
