using Microsoft.Extensions.Logging;
using Orchestrator.Store;
using Orchestrator.Store.Host;
using Orchestrator.Store.Log;

namespace Orchestrator.Daemon.Clustering;

/// <summary>This node's place in the raft group: found on disk, founded, or asked for.</summary>
internal static class RaftMember
{
    public static async Task<RaftHost> StartAsync(
        ClusterPaths paths, ClusterState state, ManagerChannels channels, StoreState storeState,
        MembershipServices services, CancellationToken cancellationToken)
    {
        var setup = new RaftHostSetup(
            new RaftHostOptions { Directory = paths.Raft }, new PlainFiles(), new NoTransport(), storeState,
            state.NodeId, state.ManagerAddress, services.Time, services.Loggers.CreateLogger<RaftHost>());
        await Task.CompletedTask.ConfigureAwait(false);
        if (RaftHost.Exists(setup))
            return RaftHost.Open(setup);
        return RaftHost.Bootstrap(setup, state.ClusterId);
    }
}
