using Orchestrator.Model;

namespace Orchestrator.Manager.Dispatching;

/// <summary>
/// Which nodes are heard of, and until when each may stay silent. Pure: told the time; one owner at a time.
/// </summary>
internal sealed class SessionTable
{
    private readonly Dictionary<NodeId, (string Session, DateTimeOffset Deadline)> nodes = [];

    /// <summary>When the next node will have been silent for too long; null: none is expected.</summary>
    public DateTimeOffset? NextDeadline => nodes.Count == 0 ? null : nodes.Values.Min(entry => entry.Deadline);

    /// <summary>A node that had a session with the leader before: it has until then to come here.</summary>
    public void Expect(NodeId node, DateTimeOffset deadline) => nodes.TryAdd(node, ("", deadline));

    public void Register(NodeId node, string session, DateTimeOffset deadline) => nodes[node] = (session, deadline);

    /// <returns>False: there is no such session; the node has to register.</returns>
    public bool Touch(NodeId node, string session, DateTimeOffset deadline)
    {
        if (!IsCurrent(node, session))
            return false;
        nodes[node] = (session, deadline);
        return true;
    }

    public bool IsCurrent(NodeId node, string session) =>
        session.Length > 0 && nodes.TryGetValue(node, out var entry) && entry.Session == session;

    /// <summary>Takes out the nodes whose deadline has passed; their sessions are void.</summary>
    public IReadOnlyList<NodeId> TakeExpired(DateTimeOffset now)
    {
        var expired = nodes.Where(pair => pair.Value.Deadline <= now).Select(pair => pair.Key).Order().ToList();
        foreach (var node in expired)
            nodes.Remove(node);
        return expired;
    }

    public void Remove(NodeId node) => nodes.Remove(node);
}
