using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Protocol.V1;
using Dto = Orchestrator.Api.Swarm;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>The Swarm block of /info and the word of /_ping.</summary>
internal sealed class SwarmInfoSource(IClusterNode? cluster)
{
    /// <summary>What the node knows by itself: no call, no wait.</summary>
    public Dto.SwarmInfo Brief => cluster is null ? new Dto.SwarmInfo() : ClusterViews.Of(cluster.Info);

    /// <summary>With the cluster's own facts on a manager; without a quorum its fault stands in Error.</summary>
    public async Task<Dto.SwarmInfo> DescribeAsync(CancellationToken cancellationToken)
    {
        var info = Brief;
        if (cluster?.Info is not { State: ClusterNodeState.Active, IsManager: true }) return info;
        var control = new ControlCalls(cluster);
        try
        {
            var state = await control.CallAsync(
                c => c.GetClusterAsync(new GetClusterRequest(), cancellationToken: cancellationToken));
            var nodes = await control.CallAsync(
                c => c.ListNodesAsync(new ListNodesRequest(), cancellationToken: cancellationToken));
            info.Cluster = ClusterViews.Fill(new Dto.ClusterInfo(), state.Cluster.ToModel());
            info.Nodes = nodes.Nodes.Count;
            info.Managers = nodes.Nodes.Count(static n => n.Manager is not null);
        }
        catch (UserException e)
        {
            info.Error = info.Error.Length > 0 ? info.Error : e.Message;
        }
        return info;
    }
}
