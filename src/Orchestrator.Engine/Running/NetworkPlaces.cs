using Orchestrator.Engine.Containers;
using Orchestrator.Network;

namespace Orchestrator.Engine.Running;

/// <summary>Joins containers to networks, whoever gives the addresses: this node, or a cluster.</summary>
/// <param name="cluster">Null while this node is in none.</param>
internal sealed class NetworkPlaces(NodeNetwork network, Func<IClusterNetworks?> cluster)
{
    /// <summary>The name that a network goes by; the node's own first.</summary>
    /// <exception cref="EngineException">There is none of that reference.</exception>
    public async Task<string> NameOfAsync(string reference, CancellationToken cancellationToken)
    {
        if (network.FindNetwork(reference) is { } own)
            return own.Name;
        var found = cluster() is { } beyond ? await beyond.FindAsync(reference, cancellationToken) : null;
        return found?.Name ?? throw new EngineException(EngineError.NotFound, $"network {reference} not found");
    }

    public async Task<Endpoint> ConnectAsync(
        ContainerRecord container, NetworkConnection connection, CancellationToken cancellationToken)
    {
        var wanted = connection.Wanted;
        if (!IsGivenBeyond(wanted))
            return await network.ConnectAsync(container.Id, wanted, cancellationToken);
        var beyond = cluster() ?? throw new NetworkException(
            NetworkFault.Conflict,
            $"network {wanted.NetworkId} is a cluster's, which this node is not in touch with; orch info says whether it is in "
            + "one");
        try
        {
            var given = await beyond.AttachAsync(container, wanted, connection.FormerAddress, cancellationToken);
            return await network.ConnectAsync(container.Id, given, cancellationToken);
        }
        finally
        {
            beyond.Settle(container.Id);
        }
    }

    /// <summary>Addresses of a task come with it; what this node does not know may be the cluster's.</summary>
    private bool IsGivenBeyond(EndpointConfig wanted) => wanted.Lease is null
        && (network.FindNetwork(wanted.NetworkId) is { } known ? known.IsOfCluster : cluster() is not null);
}
