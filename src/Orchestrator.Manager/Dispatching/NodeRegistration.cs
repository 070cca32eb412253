using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.Dispatching;

/// <summary>What registering and falling silent do to a node. Used inside transactions.</summary>
internal static class NodeRegistration
{
    /// <returns>False: the cluster has no such node.</returns>
    public static bool Register(Transaction tx, NodeId id, NodeDescription? description, string address)
    {
        if (tx.Nodes.Get(id.Value) is not { } node)
            return false;
        var next = node with
        {
            Description = description ?? node.Description,
            Status = new NodeStatus { State = NodeState.Ready, Address = address },
        };
        if (!next.ToProto().Equals(node.ToProto()))
            tx.Nodes.Update(next);
        return true;
    }

    public static void MarkDown(Transaction tx, NodeId id)
    {
        if (tx.Nodes.Get(id.Value) is { Status.State: not NodeState.Down } node)
            tx.Nodes.Update(node with
            {
                Status = node.Status with { State = NodeState.Down, Message = "heartbeat failure" },
            });
    }
}
