using Grpc.Core;
using Orchestrator.Manager.Loops;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.ControlApi;

/// <summary>Has each call done by the leader: here, or with one hop to where it is.</summary>
internal sealed class LeaderRouter(
    ObjectStore store, ILeaderChannels channels, ICallers callers, ControlOptions options, TimeProvider time)
{
    /// <summary>Marks a call that was forwarded, which is not forwarded again.</summary>
    private const string Forwarded = "orch-forwarded";

    private readonly LeaderSearch leaders = new(store.Log, time);

    /// <param name="local">Does the call on the leader.</param>
    /// <param name="remote">Makes the same call at the leader.</param>
    public Task<TResponse> RouteAsync<TResponse>(
        ServerCallContext context,
        Func<CancellationToken, Task<TResponse>> local,
        Func<P.Control.ControlClient, CallOptions, AsyncUnaryCall<TResponse>> remote) =>
        RouteAnyAsync(context, local, async (invoker, hop) => await remote(new P.Control.ControlClient(invoker), hop));

    /// <summary>The same for a call that answers with a stream.</summary>
    public Task RouteStreamAsync(
        ServerCallContext context, Func<CancellationToken, Task> local, Func<CallInvoker, CallOptions, Task> remote) =>
        RouteAnyAsync(
            context,
            async token =>
            {
                await WhileLeadingAsync(local, token);
                return true;
            },
            async (invoker, hop) =>
            {
                await remote(invoker, hop);
                return true;
            });

    private async Task<TResponse> RouteAnyAsync<TResponse>(
        ServerCallContext context,
        Func<CancellationToken, Task<TResponse>> local,
        Func<CallInvoker, CallOptions, Task<TResponse>> remote)
    {
        if (callers.Of(context).Role != NodeRole.Manager)
        {
            throw new UserException(
                ErrorCode.PermissionDenied, "This node is not a swarm manager.",
                "Use \"orch swarm init\" or \"orch swarm join\" with a manager token, or run the command on a manager.")
                .ToRpc();
        }

        try
        {
            var leader = await leaders.FindAsync(options.LeaderWait, context.CancellationToken);
            return leader is null
                ? await local(context.CancellationToken)
                : await remote(channels.Get(leader.Address), Hop(context));
        }
        catch (Exception e) when (UserErrors.Of(e) is { } error)
        {
            throw error.ToRpc();
        }
    }

    /// <summary>Ends <paramref name="stream"/> when another leads: what feeds it comes to the leader only.</summary>
    private Task WhileLeadingAsync(Func<CancellationToken, Task> stream, CancellationToken cancellationToken) =>
        Together.RunAsync(
            cancellationToken,
            stream,
            async token =>
            {
                await foreach (var status in store.Log.WatchLeadershipAsync(token))
                {
                    if (!status.IsLeader)
                        throw new NotLeaderException(status.Leader);
                }
            });

    private static CallOptions Hop(ServerCallContext context)
    {
        if (context.RequestHeaders.Get(Forwarded) is not null)
            throw new UserException(
                ErrorCode.Unavailable, "The leader of the swarm is changing.", "Try again in a few seconds.");
        var deadline = context.Deadline == DateTime.MaxValue ? (DateTime?)null : context.Deadline;
        return new CallOptions(new Metadata { { Forwarded, "1" } }, deadline, context.CancellationToken);
    }
}
