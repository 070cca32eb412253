using Grpc.Core;
using Orchestrator.Store;

namespace Orchestrator.Manager;

/// <summary>How a service that only the leader offers turns others away.</summary>
internal static class LeaderGate
{
    /// <summary>The trailer that names the leader's address.</summary>
    public const string LeaderTrailer = "orch-leader";

    public static RpcException NotLeader(IReplicatedLog log)
    {
        var trailers = new Metadata();
        if (log.Status.Leader is { } leader && leader.RaftId != log.Status.SelfId)
            trailers.Add(LeaderTrailer, leader.Address);
        return new RpcException(
            new Status(StatusCode.FailedPrecondition, new NotLeaderException(log.Status.Leader).Message), trailers);
    }
}
