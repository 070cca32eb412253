using Microsoft.Extensions.Logging;
using Orchestrator.Manager.Loops;
using Orchestrator.Model;
using Orchestrator.Store;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.NetworkKeys;

/// <summary>Makes and changes the keys of networks under IPsec.</summary>
internal sealed class NetworkKeyManager(ObjectStore store, TimeProvider time, ILogger<NetworkKeyManager> logger)
    : ReconcileLoop(store, time, logger, ObjectKind.Cluster, ObjectKind.Network)
{
    protected override async Task<DateTimeOffset?> PassAsync(
        StoreRoot root, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (root.Clusters.All.FirstOrDefault() is not { } cluster)
            return null;
        var isNeeded = root.Networks.All.Any(n => n.Allocation?.Encryption == NetworkEncryption.Esp);
        var (keys, wake) = NetworkKeyPlanner.Next(cluster.NetworkKeys, isNeeded, cluster.Spec.NetworkKeyRotation, now);
        if (keys.SequenceEqual(cluster.NetworkKeys))
            return wake;
        await Store.UpdateAsync(
            tx => tx.Clusters.UpdateIfUnchanged(cluster with { NetworkKeys = keys }), cancellationToken);
        NetworkKeyLog.Changed(
            logger, string.Join(' ', keys.Select(k => k.Number)), keys.FirstOrDefault(k => k.IsPrimary)?.Number ?? 0);
        return wake;
    }
}
