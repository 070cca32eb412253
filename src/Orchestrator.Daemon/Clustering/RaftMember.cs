using Grpc.Core;
using Microsoft.Extensions.Logging;
using Orchestrator.Model;
using Orchestrator.Store;
using Orchestrator.Store.Host;
using Orchestrator.Store.Transport;

namespace Orchestrator.Daemon.Clustering;

/// <summary>This node's place in the raft group: found on disk, founded, or asked for.</summary>
internal static class RaftMember
{
    public static async Task<RaftHost> StartAsync(
        ClusterPaths paths, ClusterState state, ManagerChannels channels, StoreState storeState,
        MembershipServices services, CancellationToken cancellationToken)
    {
        var setup = new RaftHostSetup(
            new RaftHostOptions
            {
                Directory = paths.Raft, Log = new() { Key = DataKeyFile.LoadOrCreate(paths.DataKey) },
            }, new LinuxDurableFiles(),
            new GrpcTransport(channels.Dial), storeState, state.NodeId, state.ManagerAddress, services.Time,
            services.Loggers.CreateLogger<RaftHost>());
        if (RaftHost.Exists(setup))
            return RaftHost.Open(setup);
        if (state.Founding)
            return RaftHost.Bootstrap(setup, state.ClusterId);
        return await JoinAsync(setup, state, channels, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<RaftHost> JoinAsync(
        RaftHostSetup setup, ClusterState state, ManagerChannels channels, CancellationToken cancellationToken)
    {
        var others = state.Managers.Where(m => m != state.ManagerAddress).ToList();
        try
        {
            var answer = await new RaftMembershipClient(channels.Dial).JoinAsync(
                others, state.NodeId, state.ManagerAddress, cancellationToken).ConfigureAwait(false);
            var members = answer.Members.Select(m => new LogMember(m.RaftId, m.NodeId, m.Address, m.Voter)).ToList();
            return RaftHost.Join(setup, answer.ClusterId, answer.RaftId, members);
        }
        catch (RpcException e)
        {
            throw new UserException(
                ErrorCode.Unavailable, $"the managers did not take this one in: {e.Status.Detail}",
                $"Check that {state.ManagerAddress} is reachable from {string.Join(", ", others)}", e);
        }
    }
}
