using Orchestrator.Model;

namespace Orchestrator.Manager.Dispatching;

/// <summary>
/// One node's session with this leader. Its token ends its streams: when it is replaced, expires or the leader falls.
/// </summary>
internal sealed class NodeSession : IDisposable
{
    private readonly CancellationTokenSource ended;

    public NodeSession(NodeId node, string id, CancellationToken leading)
    {
        Node = node;
        Id = id;
        ended = CancellationTokenSource.CreateLinkedTokenSource(leading);
        Ended = ended.Token;
    }

    public NodeId Node { get; }

    public string Id { get; }

    /// <summary>Stays usable after disposal, which it then says as cancelled.</summary>
    public CancellationToken Ended { get; }

    public void End() => ended.Cancel();

    public void Dispose()
    {
        ended.Cancel();
        ended.Dispose();
    }
}
