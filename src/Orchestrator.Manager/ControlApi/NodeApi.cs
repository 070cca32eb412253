using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.ControlApi;

/// <summary>Nodes: role, availability, labels, removal.</summary>
internal sealed class NodeApi(ObjectStore store)
{
    public async Task<P.ListNodesResponse> ListAsync(P.ListNodesRequest request, CancellationToken cancellationToken)
    {
        var root = await store.ViewCurrentAsync(cancellationToken);
        var response = new P.ListNodesResponse();
        response.Nodes.AddRange(root.Nodes.All.Where(node => Matches(node, request)).Select(Shown));
        return response;
    }

    public async Task<P.GetNodeResponse> GetAsync(P.GetNodeRequest request, CancellationToken cancellationToken)
    {
        var root = await store.ViewCurrentAsync(cancellationToken);
        return new P.GetNodeResponse { Node = Shown(References.Node(root, request.Reference)) };
    }

    public async Task<P.UpdateNodeResponse> UpdateAsync(
        P.UpdateNodeRequest request, CancellationToken cancellationToken)
    {
        await store.ViewCurrentAsync(cancellationToken);
        var committed = await store.UpdateAsync(tx => Update(tx, request), cancellationToken);
        return new P.UpdateNodeResponse { Node = Shown(store.View().Nodes.Get(committed.Value.Id.Value)!) };
    }

    public async Task<P.RemoveNodeResponse> RemoveAsync(
        P.RemoveNodeRequest request, CancellationToken cancellationToken)
    {
        await store.UpdateAsync(tx => Remove(tx, request), cancellationToken);
        return new P.RemoveNodeResponse();
    }

    private static Node Update(Transaction tx, P.UpdateNodeRequest request)
    {
        var node = tx.Nodes.Get(References.Node(tx.Base, request.Id).Id.Value)!;
        SpecGuard.Check(request.Version, node.SpecVersion, node.Meta.Version);
        var spec = request.Spec.ToModel();
        if (node.Spec.DesiredRole == NodeRole.Manager && spec.DesiredRole == NodeRole.Worker)
            CheckDemotion(tx, node);
        else if (node.Spec.DesiredRole == NodeRole.Worker && spec.DesiredRole == NodeRole.Manager)
            CheckPromotion(node);
        return tx.Nodes.Update(node with { Spec = spec, SpecVersion = node.Meta.Version });
    }

    // A node that is half way down still votes, or holds a manager's certificate: neither may be taken for a new member's.
    private static void CheckPromotion(Node node)
    {
        if (node.Role == NodeRole.Manager || node.Certificate.State == CertificateState.Rotate)
        {
            throw new UserException(
                ErrorCode.FailedPrecondition, $"node {node.Id} is still being demoted",
                "Wait until `orch node ls` shows no manager status for it, then promote it again.");
        }
    }

    private static void CheckDemotion(Transaction tx, Node node)
    {
        var others = tx.Nodes.All().Where(n => n.Id != node.Id && n.Spec.DesiredRole == NodeRole.Manager).ToList();
        if (others.Count == 0)
        {
            throw new UserException(
                ErrorCode.FailedPrecondition, "attempting to demote the last manager of the swarm",
                "Promote another node first: orch node promote NODE");
        }

        // Members that answer must still be more than half of those that are left.
        var reachable = others.Count(n => n.Manager?.Reachability == Reachability.Reachable);
        if (others.Exists(n => n.Manager is not null) && reachable < (others.Count / 2) + 1)
        {
            throw new UserException(
                ErrorCode.FailedPrecondition,
                "can't remove member from the raft: this would result in a loss of quorum",
                "Bring back a manager that is unreachable, or promote another node first.");
        }
    }

    private static bool Remove(Transaction tx, P.RemoveNodeRequest request)
    {
        var node = tx.Nodes.Get(References.Node(tx.Base, request.Id).Id.Value)!;
        if (node.Spec.DesiredRole == NodeRole.Manager || node.Role == NodeRole.Manager || node.Manager is not null)
        {
            throw new UserException(
                ErrorCode.FailedPrecondition,
                $"node {node.Id} is a cluster manager and is a member of the raft cluster. It must be "
                + "demoted to worker before removal",
                $"Demote it first: orch node demote {node.Id}");
        }

        if (!request.Force && node.Status.State == NodeState.Ready)
        {
            throw new UserException(
                ErrorCode.FailedPrecondition, $"node {node.Id} is not down and can't be removed",
                "Let it leave first (orch swarm leave, there), or use --force.");
        }

        Blacklist(tx, node);
        tx.Nodes.Delete(node.Id.Value);
        return true;
    }

    // Its certificate stays valid for as long as it was issued for; until then only this list keeps it out.
    private static void Blacklist(Transaction tx, Node node)
    {
        if (tx.Clusters.All().FirstOrDefault() is not { } cluster)
            return;
        var until = tx.Now + cluster.Spec.NodeCertificateExpiry + TimeSpan.FromDays(7);
        var current = cluster.BlacklistedCertificates.Where(entry => entry.Value > tx.Now);
        tx.Clusters.Update(cluster with
        {
            BlacklistedCertificates = cluster.BlacklistedCertificates.Clear().AddRange(current)
            .SetItem(node.Id.Value, until),
        });
    }

    private static bool Matches(Node node, P.ListNodesRequest request) =>
        Matching.Prefix(request.Ids, node.Id.Value)
        && Matching.Prefix(request.Names, node.Description?.Hostname ?? "", node.Spec.Annotations.Name)
        && Matching.Value(request.Roles, node.Spec.DesiredRole == NodeRole.Manager ? "manager" : "worker")
        && Matching.Value(request.Memberships, "accepted")
        && Matching.Labels(request.Labels, node.Spec.Annotations.Labels);

    private static P.Node Shown(Node node) => node.ToProto();
}
