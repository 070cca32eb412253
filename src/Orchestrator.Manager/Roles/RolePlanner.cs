using Orchestrator.Model;
using Orchestrator.Store.Host;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Roles;

/// <summary>
/// Brings the members of the log and the roles of the nodes in line with what the operator wants. Pure.
/// </summary>
/// <remarks>
/// <code>
/// promote:  desired manager → role manager, certificate renewed → the node joins the log by itself
/// demote:   desired worker  → member taken out of the log       → role worker, certificate renewed
/// </code>
/// In this order, a node that may vote always has a manager's certificate, and a quorum is never lost to a renewal.
/// </remarks>
internal static class RolePlanner
{
    /// <param name="self">This leader's raft id.</param>
    public static RolePlan Plan(StoreRoot root, IReadOnlyList<LogMemberState> members, ulong self)
    {
        if (root.Nodes.Count == 0)
            return new([], [], HandOver: false);
        var byNode = members.GroupBy(m => m.Member.NodeId).ToDictionary(g => g.Key, g => g.First());
        var unwanted = members.Where(m => IsUnwanted(root, m.Member.NodeId)).Select(m => m.Member.RaftId).ToList();
        var changed = root.Nodes.All
            .Select(node => (Node: node, Next: Next(node, byNode.GetValueOrDefault(node.Id.Value))))
            .Where(pair => pair.Next != pair.Node)
            .Select(pair => pair.Next);
        return new([.. changed], [.. unwanted.Where(id => id != self)], HandOver: unwanted.Contains(self));
    }

    // Demoted, or removed by force.
    private static bool IsUnwanted(StoreRoot root, string node) =>
        root.Nodes.Get(node) is not { Spec.DesiredRole: NodeRole.Manager };

    private static Node Next(Node node, LogMemberState? member)
    {
        var status = member is null ? null : new ManagerStatus(
            member.Member.RaftId, member.Member.Address,
            member.IsReachable ? Reachability.Reachable : Reachability.Unreachable,
            member.IsLeader);
        var next = node.Manager == status ? node : node with { Manager = status };
        // A role goes down only once the node has no vote any more.
        var due = node.Role != node.Spec.DesiredRole && (node.Spec.DesiredRole == NodeRole.Manager || member is null);
        return due
            ? next with
            {
                Role = node.Spec.DesiredRole, Certificate = node.Certificate with { State = CertificateState.Rotate },
            }
            : next;
    }
}
