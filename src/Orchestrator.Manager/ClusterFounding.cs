using Orchestrator.Model;
using Orchestrator.Store;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager;

/// <summary>The first transaction of a cluster.</summary>
public static class ClusterFounding
{
    /// <summary>
    /// Makes the cluster's own object, its first node and the ingress network, unless that has happened already.
    /// </summary>
    /// <param name="cluster">With its root certificate and tokens.</param>
    /// <param name="node">The node this runs on, a manager.</param>
    /// <returns>False: there is a cluster object already; nothing was changed.</returns>
    public static async Task<bool> FoundAsync(
        ObjectStore store, Cluster cluster, Node node, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var committed = await store.UpdateAsync(tx => Found(tx, cluster, node), cancellationToken);
        return committed.Value;
    }

    private static bool Found(Transaction tx, Cluster cluster, Node node)
    {
        if (tx.Clusters.All().Any())
            return false;
        tx.Clusters.Create(cluster);
        tx.Nodes.Create(node);
        tx.Networks.Create(new Network
        {
            Id = new NetworkId(Identifier.New()),
            Spec = new NetworkSpec { Annotations = Annotations.Named("ingress"), Ingress = true, EnableIPv6 = true },
        });
        return true;
    }
}
