using Microsoft.Extensions.Logging;
using Orchestrator.Manager.Loops;
using Orchestrator.Model;
using Orchestrator.Store;

namespace Orchestrator.Manager.Dispatching;

/// <summary>
/// Writes of nodes whether they are ready or down; nobody else does. Told only which node to look at: whether it has a
/// session is asked when the transaction runs.
/// </summary>
/// <remarks>
/// The sessions are the leader's and the state is the store's, so no step changes both. But transactions come one after
/// another here, and who has changed the sessions asks for a write afterwards. The last write of a node is therefore begun
/// after the last change, reads what all earlier ones have left, and leaves what the sessions say:
/// <code>
/// lost . registers . [write]                               has a session: stays ready
/// lost . [write . registers . ends: down] . [write]        ready again by the write of its registration
/// registers . lost . [write]                               its session was over before it began: down
/// registers . [write . lost . ends: ready] . [write]       down by the write of the loss
/// registers . gives up waiting . [write]                   ready until it is missed
/// </code>
/// </remarks>
/// <param name="hasSession">Asked within transactions, maybe more than once.</param>
internal sealed class NodeWriter(
    ObjectStore store, Func<NodeId, bool> hasSession, ManagerMetrics metrics, ILogger logger)
    : BatchWriter<NodeWriter.Request>(store)
{
    /// <param name="node">Which to look at.</param>
    /// <param name="registration">What it said of itself, if it did.</param>
    internal sealed class Request(NodeId node, NodeRegistration? registration = null)
    {
        public NodeId Node { get; } = node;

        public NodeRegistration? Registration { get; } = registration;

        /// <summary>Of the last run of the transaction. Null: the cluster has no such node.</summary>
        public (NodeState Before, NodeState After)? Outcome { get; set; }
    }

    /// <summary>Completes once it is committed what the node said of itself, and that it is there.</summary>
    /// <returns>False: the cluster has no such node.</returns>
    public async Task<bool> RegisterAsync(
        NodeId node, NodeRegistration registration, CancellationToken cancellationToken)
    {
        var request = new Request(node, registration);
        await WriteAsync(request, cancellationToken);
        return request.Outcome is not null;
    }

    /// <summary>The node's session is over; completes before it is written.</summary>
    public Task LoseAsync(NodeId node, CancellationToken cancellationToken) => PostAsync(new Request(node), cancellationToken);

    /// <summary>The node is heard of, and the store does not say so.</summary>
    public void Find(NodeId node) => TryPost(new Request(node));

    /// <summary>The node is another than it said.</summary>
    public void Describe(NodeId node, NodeDescription description) =>
        TryPost(new Request(node, new NodeRegistration(description, null)));

    protected override async Task WriteBatchAsync(IReadOnlyList<Request> batch, CancellationToken cancellationToken)
    {
        await Store.UpdateEachAsync(
            batch,
            (tx, request) => request.Outcome = NodeRegistration.Settle(
                tx, request.Node, request.Registration, hasSession(request.Node)),
            cancellationToken);
        foreach (var request in batch)
            Tell(request);
    }

    private void Tell(Request request)
    {
        switch (request.Outcome)
        {
            case ( not NodeState.Down, NodeState.Down):
                DispatcherLog.Lost(logger, request.Node);
                metrics.NodesDown.Add(1);
                break;
            case (_, NodeState.Ready) when request.Registration?.Address is { } address:
                DispatcherLog.Registered(logger, request.Node, address);
                break;
            case ( not NodeState.Ready, NodeState.Ready):
                DispatcherLog.Found(logger, request.Node);
                break;
        }
    }
}
