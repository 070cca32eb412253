using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Bridging;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network;

/// <summary>Containers on bridges in the host's namespace: none passes for another.</summary>
public sealed partial class NodeNetwork
{
    private static readonly TableId NeighbourTableId = TableId.Bridge(NeighbourTable.Name);

    private WantedTable NeighbourTableWanted => new(NeighbourTableId, () => Done(StateNeighbours));

    private static bool IsBridged(NetworkConfig network) => network.Driver is NetworkDrivers.Bridge or NetworkDrivers.Vlan;

    /// <summary>No two bridges of the host have an address in common; each VLAN is a world of its own.</summary>
    private static string NeighbourhoodOf(NetworkConfig network) =>
        network.Driver == NetworkDrivers.Bridge ? "bridges" : LinkNames.ShortId(network.Id);

    private void StateNeighbours() => Stating(HostSite, NeighbourTableId, whole: true, () => host.Apply(NeighbourTable.Replace(
        [.. networks.Values.Where(IsBridged).GroupBy(NeighbourhoodOf).Select(group => Describe(group.Key, [.. group]))])));

    /// <summary>What a kernel without tables for bridges says to it, the next pass tells; networks work there all the same.</summary>
    private void ReplaceNeighbours()
    {
        try
        {
            StateNeighbours();
        }
        catch (NftException)
        {
            // Told when the table is missed.
        }
    }

    /// <summary>To be done before the container can send anything.</summary>
    private void AddNeighbour(NetworkConfig network, Endpoint endpoint) =>
        ChangeNeighbours(NeighbourTable.Add(NeighbourhoodOf(network), Describe(endpoint)));

    private void RemoveNeighbour(NetworkConfig network, Endpoint endpoint) =>
        ChangeNeighbours(NeighbourTable.Remove(NeighbourhoodOf(network), Describe(endpoint)));

    private void ChangeNeighbours(string script)
    {
        try
        {
            Stating(HostSite, NeighbourTableId, whole: false, () => host.Apply(script));
        }
        catch (NftException)
        {
            ReplaceNeighbours(); // Somebody had removed one by hand: state what there should be.
        }
    }

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

    private Neighbourhood Describe(string key, IReadOnlyList<NetworkConfig> shared)
    {
        var pools = shared.SelectMany(n => n.Pools).Select(p => p.Gateway).OfType<string>().Where(g => g.Length > 0).ToList();
        var bridges = shared.Where(n => n.Driver == NetworkDrivers.Bridge).ToList();
        var routers = bridges.Select(n => MacAddress.Derive(IPAddress.Parse(n.Pools[0].Gateway!))).ToList(); // Filled in when made.
        return new Neighbourhood(
            key,
            [.. pools, .. bridges.Zip(routers).Where(b => b.First.Pool6 is not null).Select(b => $"{b.Second.LinkLocal()}")],
            routers,
            [.. shared.SelectMany(n => ListEndpoints(n.Id)).Where(e => e.HostInterfaceName.Length > 0).Select(Describe)]);
    }

    private Neighbour Describe(Endpoint endpoint) => new(
        GuardedPortOf(endpoint),
        !sandboxes.TryGetValue(endpoint.ContainerId, out var sandbox) ? []
            : [.. sandbox.Endpoints.Where(e => e.EndpointId != endpoint.EndpointId && e.HostInterfaceName.Length > 0
                && networks.TryGetValue(e.NetworkId, out var network) && IsBridged(network)).Select(GuardedPortOf)]);
}
