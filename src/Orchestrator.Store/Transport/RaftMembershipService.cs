using Grpc.Core;
using Orchestrator.Protocol.V1;
using Orchestrator.Store.Host;

namespace Orchestrator.Store.Transport;

/// <summary>
/// Lets managers join and leave. Only the leader does it; another manager answers with the leader's address.
/// </summary>
/// <param name="find">The member of this node; null while it is no manager.</param>
/// <param name="requireManager">Throws unless the caller is a manager of this cluster.</param>
public sealed class RaftMembershipService(Func<RaftHost?> find, Action<ServerCallContext> requireManager)
    : RaftMembership.RaftMembershipBase
{
    /// <summary>The trailer that carries the leader's address.</summary>
    public const string LeaderKey = "orch-leader";

    public override Task<JoinResponse> Join(JoinRequest request, ServerCallContext context) => Do(context, async host =>
    {
        var added = await host.AddAsync(request.NodeId, request.Address, context.CancellationToken);
        var response = new JoinResponse { RaftId = added.RaftId, ClusterId = host.Self.ClusterId };
        response.Members.AddRange(
            host.Members.Select(m => m.Member).Where(m => m.RaftId != added.RaftId).Select(m => new RaftMember
        {
            RaftId = m.RaftId, NodeId = m.NodeId, Address = m.Address, Voter = m.IsVoter,
        }));
        return response;
    });

    public override Task<LeaveResponse> Leave(LeaveRequest request, ServerCallContext context) =>
        Do(context, async host =>
    {
        // A leader hands over before it goes; its successor removes it when it asks again.
        if (request.RaftId == host.Self.RaftId && host.Status.Role == LogRole.Leader)
        {
            await host.TransferAsync(target: 0, context.CancellationToken);
            throw new NotLeaderException(host.Status.Leader);
        }

        await host.RemoveAsync(request.RaftId, context.CancellationToken);
        return new LeaveResponse();
    });

    private async Task<T> Do<T>(ServerCallContext context, Func<RaftHost, Task<T>> action)
    {
        requireManager(context);
        var host = find()
            ?? throw new RpcException(new Status(StatusCode.Unavailable, "This node is no manager (yet)."));
        try
        {
            return await action(host);
        }
        catch (NotLeaderException e)
        {
            var trailers = e.Leader is { } leader ? new Metadata { { LeaderKey, leader.Address } } : [];
            throw new RpcException(new Status(StatusCode.Unavailable, e.Message), trailers);
        }
        catch (MembershipException e)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, e.Message));
        }
        catch (Exception e) when (e is LogStoppedException or LogBusyException or ProposalUnknownException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, e.Message));
        }
    }
}
