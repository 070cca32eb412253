using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.Dispatching;

/// <summary>What a node says of itself when it registers, or when that is no longer so.</summary>
/// <param name="Description">Null: as it was.</param>
/// <param name="Address">Where other nodes reach it; null: as it was.</param>
internal sealed record NodeRegistration(NodeDescription? Description, string? Address)
{
    /// <summary>What registering, falling silent and being heard of again do to a node. Used inside transactions.</summary>
    /// <param name="registration">Null: it has said nothing just now.</param>
    /// <returns>Its state before and after; null: the cluster has no such node.</returns>
    public static (NodeState Before, NodeState After)? Settle(
        Transaction tx, NodeId id, NodeRegistration? registration, bool hasSession)
    {
        if (tx.Nodes.Get(id.Value) is not { } node)
            return null;
        var next = node with
        {
            Description = registration?.Description ?? node.Description,
            Status = StatusOf(node, hasSession) with { Address = registration?.Address ?? node.Status.Address },
        };
        if (!next.ToProto().Equals(node.ToProto()))
            tx.Nodes.Update(next);
        return (node.Status.State, next.Status.State);
    }

    private static NodeStatus StatusOf(Node node, bool hasSession) =>
        hasSession ? new NodeStatus { State = NodeState.Ready }
        : node.Status.State == NodeState.Down ? node.Status
        : node.Status with { State = NodeState.Down, Message = "heartbeat failure" };
}
