using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Addressing;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Parents;

/// <summary>A macvlan link of the host's own, beside those of its containers: a card does not hand on what it sends itself
/// to links that stand on it.</summary>
internal sealed class HostAccess(HostSpace host)
{
    /// <summary>The host's address on a network, without prefix length; null: it has none.</summary>
    public static string? AddressOf(NetworkConfig network) =>
        network.Options.GetValueOrDefault(Model.SegmentDrivers.HostAccessOption) is { Length: > 0 } address ? address : null;

    public static string NameOf(NetworkConfig network) => $"ha-{network.Id[..Math.Min(12, network.Id.Length)]}";

    /// <exception cref="NetworkException">The address is none of the network's.</exception>
    public static void Check(NetworkConfig network)
    {
        if (AddressOf(network) is { } text && (!Subnet.TryParseAddress(text, out var address)
            || !network.Pools.Any(pool => Subnet.Parse(pool.Subnet).Contains(address)) || text.Contains(':', StringComparison.Ordinal)))
            throw new NetworkException(
                NetworkFault.Invalid, $"{text} is no IPv4 address of network {network.Name}; give one that nobody has: host-access=ADDRESS");
    }

    /// <summary>Made anew, it does nothing.</summary>
    public void Ensure(NetworkConfig network, LinkInfo parent)
    {
        if (AddressOf(network) is not { } address)
            return;
        var name = NameOf(network);
        var alias = LinkNames.Mark + network.Id;
        if (host.Route.FindLink(name)?.Alias != alias)
            host.Route.CreateMacvlan(
                new SublinkSettings(name, parent.Index, alias, null, network.Mtu), MacvlanMode.Bridge, host.Namespace);
        // Alone in its network: others of it are reached as they were, by the card.
        host.Route.EnsureAddress(host.Route.GetLink(name).Index, IPAddress.Parse(address), 32);
        host.Route.SetUp(name);
    }

    public void Lead(NetworkConfig network, Endpoint endpoint)
    {
        if (AddressOf(network) is not null && host.Route.FindLink(NameOf(network)) is { } link)
            host.Route.SetRoute(WayTo(endpoint), null, link.Index);
    }

    public void Unlead(NetworkConfig network, Endpoint endpoint)
    {
        if (AddressOf(network) is not null && host.Route.FindLink(NameOf(network)) is not null)
            host.Route.DeleteRoute(WayTo(endpoint));
    }

    public static IPNetwork WayTo(Endpoint endpoint) => new(ContainerLink.Split(endpoint.IPv4).Address, 32);

    public void Remove(NetworkConfig network)
    {
        if (host.Route.FindLink(NameOf(network))?.Alias == LinkNames.Mark + network.Id)
            host.Route.DeleteLink(NameOf(network));
    }
}
