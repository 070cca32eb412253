using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.Dispatching;

/// <summary>
/// The dispatcher on the wire: every call is made by a node for itself, and answered by the leader only.
/// </summary>
public sealed class DispatcherService : P.Dispatcher.DispatcherBase
{
    private readonly ICallers callers;
    private readonly IReplicatedLog log;
    private volatile Dispatcher? current;

    internal DispatcherService(ICallers callers, IReplicatedLog log)
    {
        this.callers = callers;
        this.log = log;
    }

    public override async Task Session(
        P.SessionRequest request, IServerStreamWriter<P.SessionMessage> responseStream, ServerCallContext context)
    {
        var (dispatcher, node) = Enter(context);
        var address = request.AdvertiseAddress.Length > 0 ? request.AdvertiseAddress : AddressOf(context.Peer);
        try
        {
            using var session = await dispatcher.RegisterAsync(
                node, request.Description?.ToModel(), address, request.SessionId, context.CancellationToken);
            try
            {
                await ServeAsync(
                    session, context, token => dispatcher.WriteSessionAsync(session, responseStream, token));
            }
            finally
            {
                dispatcher.Leave(session);
            }
        }
        catch (NotLeaderException)
        {
            throw LeaderGate.NotLeader(log);
        }
        catch (Exception e) when (e is LogBusyException or ProposalUnknownException or ContentionException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, e.Message));
        }
    }

    public override Task<P.HeartbeatResponse> Heartbeat(P.HeartbeatRequest request, ServerCallContext context)
    {
        var (dispatcher, node) = Enter(context);
        var period = dispatcher.Heartbeat(node, request.SessionId, request.Description?.ToModel());
        return Task.FromResult(new P.HeartbeatResponse { Period = Duration.FromTimeSpan(period) });
    }

    public override async Task<P.UpdateTaskStatusResponse> UpdateTaskStatus(
        P.UpdateTaskStatusRequest request, ServerCallContext context)
    {
        var (dispatcher, node) = Enter(context);
        var updates = request.Updates.Select(u => (new TaskId(u.TaskId), u.Status.ToModel())).ToList();
        try
        {
            await dispatcher.ReportAsync(node, request.SessionId, updates, context.CancellationToken);
            return new P.UpdateTaskStatusResponse();
        }
        catch (NotLeaderException)
        {
            throw LeaderGate.NotLeader(log);
        }
        catch (Exception e) when (e is LogBusyException or ProposalUnknownException or ContentionException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, e.Message));
        }
    }

    public override async Task Assignments(
        P.AssignmentsRequest request, IServerStreamWriter<P.AssignmentsMessage> responseStream,
        ServerCallContext context)
    {
        var (dispatcher, node) = Enter(context);
        var session = dispatcher.SessionOf(node, request.SessionId);
        await ServeAsync(session, context, token => dispatcher.WriteAssignmentsAsync(session, responseStream, token));
    }

    /// <summary>
    /// Serves through <paramref name="dispatcher"/> while this manager leads; null: it no longer does.
    /// </summary>
    internal void Use(Dispatcher? dispatcher) => current = dispatcher;

    private static async Task ServeAsync(
        NodeSession session, ServerCallContext context, Func<CancellationToken, Task> serve)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(session.Ended, context.CancellationToken);
        try
        {
            await serve(either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The stream's end tells the agent that its session is over.
        }
    }

    private (Dispatcher Dispatcher, NodeId Node) Enter(ServerCallContext context)
    {
        var caller = callers.Of(context);
        return (current ?? throw LeaderGate.NotLeader(log), caller.Node);
    }

    // gRPC's way to write a peer: ipv4:1.2.3.4:5.
    private static string AddressOf(string peer)
    {
        var parts = peer.Split(':', 2);
        var end = parts[^1].LastIndexOf(':');
        return (end < 0 ? parts[^1] : parts[^1][..end]).Trim('[', ']');
    }
}
