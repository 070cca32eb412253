using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Bridging;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network;

/// <summary>Containers on bridges in the host's namespace: none passes for its neighbour.</summary>
public sealed partial class NodeNetwork
{
    private WantedTable NeighbourTableWanted => new(NeighbourTable.Id, () => Done(() => StateNeighbours()));

    private static bool IsBridged(NetworkConfig network) => network.Driver is NetworkDrivers.Bridge or NetworkDrivers.Vlan;

    /// <param name="leaving">No longer one, though the records still have it.</param>
    private void StateNeighbours(Endpoint? leaving = null) =>
        Stating(HostSite, [NeighbourTable.Id], whole: true, () => host.Apply(NeighbourTable.Replace(
            [.. networks.Values.Where(IsBridged).Select(network => NeighbourhoodOf(network, leaving))])));

    /// <summary>What a kernel without tables for bridges says to it, the next pass tells; networks work there all the same.</summary>
    private void ReplaceNeighbours(Endpoint? leaving = null)
    {
        try
        {
            StateNeighbours(leaving);
        }
        catch (NftException)
        {
            // Told when the table is missed.
        }
    }

    /// <summary>To be done before the container can send anything.</summary>
    private void AddNeighbour(Endpoint endpoint) =>
        ChangeNeighbours(NeighbourTable.Add(LinkNames.ShortId(endpoint.NetworkId), GuardedPortOf(endpoint)), leaving: null);

    private void RemoveNeighbour(Endpoint endpoint) =>
        ChangeNeighbours(NeighbourTable.Remove(LinkNames.ShortId(endpoint.NetworkId), GuardedPortOf(endpoint)), endpoint);

    private void ChangeNeighbours(NftBatch change, Endpoint? leaving) =>
        ChangeInHost(NeighbourTable.Id, change, restate: () => ReplaceNeighbours(leaving));

    private void DropNeighbours()
    {
        try
        {
            host.Apply(NeighbourTable.Delete);
        }
        catch (NftException)
        {
            // There never was one.
        }
    }

    private Neighbourhood NeighbourhoodOf(NetworkConfig network, Endpoint? leaving)
    {
        var gateways = network.Pools.Select(pool => pool.Gateway).OfType<string>().Where(gateway => gateway.Length > 0).ToList();
        MacAddress? router = network.Driver == NetworkDrivers.Bridge
            ? MacAddress.Derive(IPAddress.Parse(network.Pools[0].Gateway!)) : null; // Filled in when the network was made.
        if (router is { } mac && network.Pool6 is not null)
            gateways.Add($"{mac.LinkLocal()}");
        return new Neighbourhood(
            LinkNames.ShortId(network.Id), gateways, router,
            [.. ListEndpoints(network.Id).Where(e => e.HostInterfaceName.Length > 0 && e.EndpointId != leaving?.EndpointId)
                .Select(GuardedPortOf)]);
    }
}
