using System.Collections.Immutable;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Overlays;
using Orchestrator.Network.Shaping;

namespace Orchestrator.Network;

/// <summary>Has each port of an overlay send under its own addresses only.</summary>
public sealed partial class NodeNetwork
{
    /// <summary>For a port that is about to become one of the overlay's. Nothing is done when nothing changed.</summary>
    private void Guard(OverlayFabric fabric, NetworkConfig network, Endpoint endpoint, LinkInfo link)
    {
        var former = fabric.Guarded.GetValueOrDefault(link.Name);
        // One that was led past stays so until its queue is seen to be gone.
        var port = PortOf(network, endpoint, link.Index, hasDetour: former?.IsLedPast == true);
        if (former?.IsAs(port) == true)
            return;
        if (port.IsLedPast && !HasLedPast(fabric))
            Reguard(fabric, network); // The table at the bridge comes with its first port …
        else
            ChangeGuard(fabric, network, former, port);
    }

    private void Unguard(OverlayFabric fabric, NetworkConfig network, string link)
    {
        if (fabric.Guarded.GetValueOrDefault(link) is not { } port)
            return;
        if (port.IsLedPast && fabric.Guarded.Values.Count(p => p.IsLedPast) == 1)
            Reguard(fabric, network); // … and goes with its last.
        else
            ChangeGuard(fabric, network, port, null);
    }

    private void ChangeGuard(OverlayFabric fabric, NetworkConfig network, OverlayPort? from, OverlayPort? to)
    {
        var ports = from is null ? fabric.Guarded : fabric.Guarded.Remove(from.Link);
        if (to is not null)
            ports = ports.SetItem(to.Link, to);
        try
        {
            StateGuard(network, whole: false, () => fabric.Guard(ports, GuardTable.Change(from, to)));
        }
        catch (NftException)
        {
            Reguard(fabric, network); // Somebody was at it by hand.
        }
    }

    /// <summary>Does all anew, for the ports that are there.</summary>
    private void Reguard(OverlayFabric fabric, NetworkConfig network)
    {
        var ports = PortsOf(fabric, network).ToImmutableDictionary(port => port.Link);
        StateGuard(network, whole: true, () => fabric.Guard(ports, GuardTable.Replace([.. ports.Values])));
    }

    private void StateGuard(NetworkConfig network, bool whole, Action transaction) =>
        Stating(OverlaySite + network.Id, [GuardTable.Id, GuardTable.BridgeId], whole, transaction);

    /// <summary>Of those that are there.</summary>
    private IEnumerable<OverlayPort> PortsOf(OverlayFabric fabric, NetworkConfig network)
    {
        var links = fabric.Route.ListLinks().ToDictionary(link => link.Name, link => link.Index);
        foreach (var endpoint in ListEndpoints(network.Id).Where(e => links.ContainsKey(e.HostInterfaceName)))
            yield return PortOf(
                network, endpoint, links[endpoint.HostInterfaceName],
                links.ContainsKey(LinkShaper.Detour(endpoint.HostInterfaceName)));
        if (cluster.Ingress is { } ingress && ingress.NetworkId == network.Id
            && links.TryGetValue(IngressPortName, out var index))
            yield return PortOf(network, IngressEndpoint(network, ingress), index, hasDetour: false);
    }

    /// <param name="hasDetour">There is a link for a queue of what it sends, whether or not there is to be.</param>
    private OverlayPort PortOf(NetworkConfig network, Endpoint endpoint, int index, bool hasDetour) =>
        endpoint.HostInterfaceName == IngressPortName
            // The host's own port has no limit, whatever the network's is.
            ? new(index, GuardedPortOf(endpoint), IsLedPast: false,
                [.. network.Pools.Where(p => !p.IsIPv6 || HasIPv6(network)).Select(p => p.Subnet)])
            : new(index, GuardedPortOf(endpoint), hasDetour || LimitOf(network, endpoint).Out > 0, []);

    private static GuardedPort GuardedPortOf(Endpoint endpoint) => new(
        endpoint.HostInterfaceName,
        MacAddress.TryParse(endpoint.Mac, out var mac) ? mac : MacAddress.Derive(ContainerLink.Split(endpoint.IPv4).Address),
        [.. endpoint.Addresses]);

    private static bool HasLedPast(OverlayFabric fabric) => fabric.Guarded.Values.Any(port => port.IsLedPast);
}
