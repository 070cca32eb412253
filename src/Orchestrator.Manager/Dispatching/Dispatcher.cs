using Grpc.Core;
using Microsoft.Extensions.Logging;
using Orchestrator.Manager.Loops;
using Orchestrator.Model;
using Orchestrator.Store;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Dispatching;

/// <summary>The leader's side of every agent's session. One instance a leadership; any thread.</summary>
internal sealed class Dispatcher : IDisposable
{
    private readonly ObjectStore store;
    private readonly DispatcherOptions options;
    private readonly ManagerMetrics metrics;
    private readonly TimeProvider time;
    private readonly Random random;
    private readonly ILogger logger;
    private readonly long began;
    private readonly Lock gate = new();
    private readonly SessionTable table = new();
    private readonly Dictionary<NodeId, NodeSession> sessions = [];
    private readonly StatusWriter statuses;
    private readonly NodeWriter nodes;
    private readonly Latest<ClusterNetworks> networks = new(ClusterNetworks.Empty);
    private readonly CancellationTokenSource leading = new();

    /// <summary>When the table was last looked at; the loop's own.</summary>
    private TimeSpan looked;

    public Dispatcher(
        ObjectStore store, DispatcherOptions options, ManagerMetrics metrics, TimeProvider time, Random random,
        ILogger<Dispatcher> logger)
    {
        (this.store, this.options, this.metrics) = (store, options, metrics);
        (this.time, this.random, this.logger) = (time, random, logger);
        began = time.GetTimestamp();
        statuses = new StatusWriter(store, metrics);
        nodes = new NodeWriter(store, HasSession, metrics, logger);
    }

    /// <summary>Serves until cancelled or until the leadership is lost; then every session ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        ExpectKnownNodes();
        try
        {
            await Together.RunAsync(
                cancellationToken, statuses.RunAsync, nodes.RunAsync, WatchHeartbeatsAsync, FollowNetworksAsync);
        }
        finally
        {
            await leading.CancelAsync();
        }
    }

    /// <summary>Takes a node in: from now on it has to be heard of. An earlier session of it ends.</summary>
    /// <exception cref="RpcException">NotFound: the cluster has no such node.</exception>
    public async Task<NodeSession> RegisterAsync(
        NodeId node, NodeDescription? description, string address, string resumed, CancellationToken cancellationToken)
    {
        // First the session, then what follows from it: NodeWriter.
        var session = Admit(node, resumed);
        try
        {
            if (await nodes.RegisterAsync(node, new NodeRegistration(description, address), cancellationToken))
                return session;
            Forget(session);
            throw new RpcException(
                new Status(StatusCode.NotFound, $"node {node} is not part of this cluster; join it again"));
        }
        catch
        {
            // The node never heard of this session, so it begins another, or is missed.
            Leave(session);
            session.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Forgets that a session's streams are served here; the node itself may still come back in time.
    /// </summary>
    public void Leave(NodeSession session)
    {
        metrics.Sessions.Add(-1);
        lock (gate)
        {
            if (sessions.TryGetValue(session.Node, out var current) && current == session)
                sessions.Remove(session.Node);
        }
    }

    /// <param name="description">What the node is now; null: what it said before. Written in the background: a beat waits
    /// for nothing, and says it again until the node hears itself described so.</param>
    /// <returns>When to beat again.</returns>
    public TimeSpan Heartbeat(NodeId node, string session, NodeDescription? description = null)
    {
        var period = Touch(node, session);
        if (description is not null)
            nodes.Describe(node, description);
        // Should a node ever be down in spite of its session, it is so only until it beats again.
        if (store.View().Nodes.Get(node.Value) is { Status.State: not NodeState.Ready })
            nodes.Find(node);
        return period;
    }

    public async Task ReportAsync(
        NodeId node, string session, IReadOnlyList<(TaskId, TaskStatus)> updates, CancellationToken cancellationToken)
    {
        SessionOf(node, session);
        await statuses.WriteAsync(node, updates, cancellationToken);
    }

    /// <summary>The session that a call names.</summary>
    /// <exception cref="RpcException">NotFound: register anew.</exception>
    public NodeSession SessionOf(NodeId node, string id)
    {
        lock (gate)
            return sessions.TryGetValue(node, out var session) && session.Id == id ? session : throw Unknown(id);
    }

    /// <summary>
    /// Writes what the node has to know of the cluster, now and whenever it changes, until the session ends.
    /// </summary>
    public async Task WriteSessionAsync(
        NodeSession session, IAsyncStreamWriter<P.SessionMessage> stream, CancellationToken cancellationToken)
    {
        P.SessionMessage? told = null;
        await foreach (var root in store.FollowAsync([ObjectKind.Node, ObjectKind.Cluster], cancellationToken))
        {
            var message = SessionMessages.Build(root, session.Node, session.Id, store.Log.Status.Leader);
            if (message is null)
                return;
            if (!message.Equals(told))
                await stream.WriteAsync(message, cancellationToken);
            told = message;
        }
    }

    /// <summary>
    /// Writes what the node is to run and to know, whole and then in increments, until the session ends.
    /// </summary>
    // Step 5: the node hears of its task.
    public async Task WriteAssignmentsAsync(
        NodeSession session, IAsyncStreamWriter<P.AssignmentsMessage> stream, CancellationToken cancellationToken)
    {
        var told = AssignmentSet.Empty;
        var seen = ClusterNetworks.Empty;
        for (var sequence = 0; ;)
        {
            seen = await networks.NextAsync(seen, cancellationToken);
            var set = AssignmentSet.Of(session.Node, seen);
            foreach (var changes in AssignmentParts.Of(set.Since(told)))
            {
                if (sequence > 0 && changes.Count == 0)
                    continue;
                var message = new P.AssignmentsMessage
                {
                    Kind = sequence == 0 ? P.AssignmentsMessage.Types.Kind.Complete
                        : P.AssignmentsMessage.Types.Kind.Incremental,
                    AppliesTo = $"{sequence}",
                    ResultsIn = $"{++sequence}",
                };
                message.Changes.AddRange(changes);
                await stream.WriteAsync(message, cancellationToken);
            }

            told = set;
        }
    }

    public void Dispose() => leading.Dispose();

    private static RpcException Unknown(string session) =>
        new(new Status(StatusCode.NotFound, $"session {session} is not known here; register anew"));

    private TimeSpan Period() =>
        store.View().Clusters.All.FirstOrDefault()?.Spec.DispatcherHeartbeat ?? new ClusterSpec().DispatcherHeartbeat;

    /// <summary>Goes on whatever is done to the calendar.</summary>
    private TimeSpan Now() => time.GetElapsedTime(began);

    private TimeSpan Deadline() => Now() + (Period() * options.MissedHeartbeats);

    private NodeSession Admit(NodeId node, string resumed)
    {
        lock (gate)
        {
            var id = table.IsCurrent(node, resumed) ? resumed : Identifier.New();
            if (sessions.Remove(node, out var earlier))
                earlier.End();
            table.Register(node, id, Deadline());
            var session = new NodeSession(node, id, leading.Token);
            sessions.Add(node, session);
            metrics.Sessions.Add(1);
            return session;
        }
    }

    private void Forget(NodeSession session)
    {
        lock (gate)
        {
            if (table.IsCurrent(session.Node, session.Id))
                table.Remove(session.Node);
        }
    }

    private TimeSpan Touch(NodeId node, string session)
    {
        lock (gate)
        {
            if (!table.Touch(node, session, Deadline()))
                throw Unknown(session);
            return Period() * (1 + (options.Jitter * ((2 * random.NextDouble()) - 1)));
        }
    }

    private bool HasSession(NodeId node)
    {
        lock (gate)
            return table.HasSession(node);
    }

    // Nodes that were up with the leader before this one have to find out first that there is another, and who: they
    // have twice as long. Source: swarm's agents, 15 s and 30 s.
    private void ExpectKnownNodes()
    {
        lock (gate)
        {
            looked = Now();
            ExpectReadyNodes(Deadline() + (Period() * options.MissedHeartbeats));
        }
    }

    private void ExpectReadyNodes(TimeSpan deadline)
    {
        foreach (var node in store.View().Nodes.All.Where(node => node.Status.State == NodeState.Ready))
            table.Expect(node.Id, deadline);
    }

    private async Task WatchHeartbeatsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var wait = UntilNextLook();
            await Task.Delay(wait, time, cancellationToken);
            foreach (var node in Look(wait))
                await nodes.LoseAsync(node, cancellationToken);
        }
    }

    /// <summary>From the last look, not from now: what passes between them counts as late, wherever it passes.</summary>
    private TimeSpan UntilNextLook()
    {
        lock (gate)
        {
            // A node may register at any moment, but never with a deadline nearer than one period from then.
            var left = (table.NextDeadline ?? TimeSpan.MaxValue) - looked;
            return TimeSpan.FromTicks(Math.Clamp(left.Ticks, TimeSpan.TicksPerMillisecond, Period().Ticks));
        }
    }

    /// <param name="meant">How long after the last look.</param>
    /// <returns>Whose sessions are over.</returns>
    private List<NodeId> Look(TimeSpan meant)
    {
        lock (gate)
        {
            var now = Now();
            var late = now - looked - meant;
            looked = now;
            // Who was not there has heard nobody: a machine that stood still, a process that was stopped. The nodes may
            // have given up their sessions meanwhile, so they have all the time again; who is dead is found after it.
            if (late >= Period())
            {
                DispatcherLog.StoodStill(logger, late);
                table.Extend(Deadline());
            }

            // Ready and in nobody's care, as by a write that a dispatcher before this one did not see the end of.
            ExpectReadyNodes(Deadline());
            var lost = table.TakeExpired(now).ToList();
            foreach (var node in lost)
            {
                if (sessions.Remove(node, out var session))
                    session.End();
            }

            return lost;
        }
    }

    private async Task FollowNetworksAsync(CancellationToken cancellationToken)
    {
        // The cluster has the keys of networks under IPsec.
        ObjectKind[] kinds = [ObjectKind.Task, ObjectKind.Network, ObjectKind.Service, ObjectKind.Node, ObjectKind.Cluster];
        await foreach (var root in store.FollowAsync(kinds, cancellationToken))
        {
            networks.Set(networks.Value.Advance(root));
            if (options.AssignmentInterval > TimeSpan.Zero)
                await Task.Delay(options.AssignmentInterval, time, cancellationToken);
        }
    }
}
