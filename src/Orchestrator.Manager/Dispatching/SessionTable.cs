using Orchestrator.Model;

namespace Orchestrator.Manager.Dispatching;

/// <summary>
/// Which nodes are heard of, and until when each may stay silent. Pure: told the time, which only goes on and is none of
/// the calendar's; one owner at a time.
/// </summary>
internal sealed class SessionTable
{
    private readonly Dictionary<NodeId, (string Session, TimeSpan Deadline)> nodes = [];

    /// <summary>When the next node will have been silent for too long; null: none is expected.</summary>
    public TimeSpan? NextDeadline => nodes.Count == 0 ? null : nodes.Values.Min(entry => entry.Deadline);

    /// <summary>
    /// A node that is said to be ready and has not come here yet: it has until then. Nothing changes for one that is known.
    /// </summary>
    public void Expect(NodeId node, TimeSpan deadline) => nodes.TryAdd(node, ("", deadline));

    public void Register(NodeId node, string session, TimeSpan deadline) => nodes[node] = (session, deadline);

    /// <returns>False: there is no such session; the node has to register.</returns>
    public bool Touch(NodeId node, string session, TimeSpan deadline)
    {
        if (!IsCurrent(node, session))
            return false;
        nodes[node] = (session, deadline);
        return true;
    }

    public bool IsCurrent(NodeId node, string session) =>
        session.Length > 0 && nodes.TryGetValue(node, out var entry) && entry.Session == session;

    /// <summary>It has come here and is not yet given up.</summary>
    public bool HasSession(NodeId node) => nodes.TryGetValue(node, out var entry) && entry.Session.Length > 0;

    /// <summary>Nobody is late before that.</summary>
    public void Extend(TimeSpan deadline)
    {
        foreach (var (node, entry) in nodes.Where(pair => pair.Value.Deadline < deadline).ToList())
            nodes[node] = entry with { Deadline = deadline };
    }

    /// <summary>Takes out the nodes whose deadline has passed; their sessions are void.</summary>
    public IReadOnlyList<NodeId> TakeExpired(TimeSpan now)
    {
        var expired = nodes.Where(pair => pair.Value.Deadline <= now).Select(pair => pair.Key).Order().ToList();
        foreach (var node in expired)
            nodes.Remove(node);
        return expired;
    }

    public void Remove(NodeId node) => nodes.Remove(node);
}
