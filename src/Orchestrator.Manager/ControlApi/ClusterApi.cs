using Orchestrator.Manager.NetworkKeys;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.ControlApi;

/// <summary>The cluster's own object: settings and join tokens.</summary>
internal sealed class ClusterApi(ObjectStore store, TimeProvider time)
{
    public async Task<P.GetClusterResponse> GetAsync(CancellationToken cancellationToken)
    {
        var root = await store.ViewCurrentAsync(cancellationToken);
        return new P.GetClusterResponse { Cluster = Shown(Only(root.Clusters.All)) };
    }

    public async Task<P.UpdateClusterResponse> UpdateAsync(
        P.UpdateClusterRequest request, CancellationToken cancellationToken)
    {
        var committed = await store.UpdateAsync(tx => Update(tx, request), cancellationToken);
        return new P.UpdateClusterResponse { Cluster = Shown(store.View().Clusters.Get(committed.Value.Id.Value)!) };
    }

    private Cluster Update(Transaction tx, P.UpdateClusterRequest request)
    {
        var cluster = Only(tx.Clusters.All());
        if (request.Version != cluster.Meta.Version)
            throw UserErrors.OutOfSequence();
        var spec = request.Spec is null ? cluster.Spec : request.Spec.ToModel();
        Validate(spec, cluster.Spec);
        if (request.RotateNetworkKeys && !tx.Networks.All().Any(n => n.Allocation?.Encryption == NetworkEncryption.Esp))
            throw new UserException(
                ErrorCode.FailedPrecondition, "There is no network under IPsec whose keys could be changed.",
                "Networks under WireGuard change theirs by themselves.");
        var ca = cluster.RootCa;
        return tx.Clusters.Update(cluster with
        {
            Spec = spec,
            NetworkKeys = request.RotateNetworkKeys
                ? NetworkKeyPlanner.WithNew(cluster.NetworkKeys, time.GetUtcNow()) : cluster.NetworkKeys,
            RootCa = ca with
            {
                WorkerToken = request.RotateWorkerToken ? Rotated(ca.WorkerToken) : ca.WorkerToken,
                ManagerToken = request.RotateManagerToken ? Rotated(ca.ManagerToken) : ca.ManagerToken,
            },
        });
    }

    private static void Validate(ClusterSpec spec, ClusterSpec old)
    {
        if (spec.DispatcherHeartbeat < TimeSpan.FromMilliseconds(100))
            throw UserErrors.Invalid(
                $"dispatcher heartbeat period {spec.DispatcherHeartbeat} is too short", "Set 100ms or more.");
        if (spec.NodeCertificateExpiry < TimeSpan.FromHours(1))
            throw UserErrors.Invalid("minimum certificate expiry time is: 1h0m0s", "Set --cert-expiry 1h or more.");
        if (spec.NetworkKeyRotation < NetworkKeyPlanner.ShortestRotation)
            throw UserErrors.Invalid(
                $"network key rotation {spec.NetworkKeyRotation} is too short", "Set --network-key-rotation 2m or more.");
        if (!spec.AddressPools.SequenceEqual(old.AddressPools) || spec.SubnetLength != old.SubnetLength
            || spec.DataPathPort != old.DataPathPort)
            throw UserErrors.Invalid("Address pools and data path port cannot be changed after the swarm is made.");
    }

    // TAG-VERSION-DIGEST-SECRET: the digest names the root certificate and stays; only the secret is new.
    private static string Rotated(string token) => $"{token[..(token.LastIndexOf('-') + 1)]}{Identifier.New()}";

    private static Cluster Only(IEnumerable<Cluster> clusters) => clusters.FirstOrDefault()
        ?? throw new UserException(
            ErrorCode.FailedPrecondition, "This node is not part of a swarm.", "Make one: orch swarm init");

    // The key of the root never leaves the managers' store, those of networks only to nodes on them.
    private static P.Cluster Shown(Cluster cluster) => (cluster with
    {
        NetworkKeys = [],
        RootCa = cluster.RootCa with { Key = "" },
    }).ToProto();
}
