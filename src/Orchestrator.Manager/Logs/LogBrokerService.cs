using Grpc.Core;
using Orchestrator.Store;

namespace Orchestrator.Manager.Logs;

/// <summary>The nodes' side of logs, answered by the leader, with which every node has its session.</summary>
public sealed class LogBrokerService : P.LogBroker.LogBrokerBase
{
    private readonly LogHub hub;
    private readonly ICallers callers;
    private readonly IReplicatedLog log;

    internal LogBrokerService(LogHub hub, ICallers callers, IReplicatedLog log)
    {
        this.hub = hub;
        this.callers = callers;
        this.log = log;
    }

    public override async Task ListenSubscriptions(
        P.ListenSubscriptionsRequest request, IServerStreamWriter<P.SubscriptionMessage> responseStream,
        ServerCallContext context)
    {
        var caller = Enter(context);
        try
        {
            await hub.ListenAsync(caller.Node, responseStream, context.CancellationToken);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The node has ended its session.
        }
    }

    public override async Task<P.PublishLogsResponse> PublishLogs(
        IAsyncStreamReader<P.PublishLogsMessage> requestStream, ServerCallContext context)
    {
        Enter(context);
        await hub.PublishAsync(requestStream, context.CancellationToken);
        return new P.PublishLogsResponse();
    }

    private Caller Enter(ServerCallContext context) =>
        log.Status.IsLeader ? callers.Of(context) : throw LeaderGate.NotLeader(log);
}
