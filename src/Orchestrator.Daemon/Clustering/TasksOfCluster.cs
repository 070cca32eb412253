using Orchestrator.Agent.Tasks;
using Orchestrator.Engine;
using Orchestrator.Network;

namespace Orchestrator.Daemon.Clustering;

/// <summary>What a cluster leaves on a host, taken away when the host leaves the cluster.</summary>
internal static class TasksOfCluster
{
    public static async Task RemoveAsync(MembershipServices services, CancellationToken cancellationToken)
    {
        var tasks = services.Node.Engine.List().Where(
            c => c.Process.Labels.ContainsKey(TaskContainer.LabelPrefix + "task"));
        await Task.WhenAll(tasks.Select(
            t => services.Node.Engine.RemoveAsync(t.Id, force: true, volumes: true, cancellationToken)))
            .ConfigureAwait(false);
        // What is left are the node's own, which go on without the cluster's networks.
        await Task.WhenAll(services.Node.Engine.List().Select(c => DetachAsync(services, c.Id, cancellationToken)))
            .ConfigureAwait(false);
        await services.Node.Network.ApplyClusterAsync(ClusterView.OfNoCluster, cancellationToken).ConfigureAwait(false);
    }

    private static async Task DetachAsync(
        MembershipServices services, string container, CancellationToken cancellationToken)
    {
        foreach (var endpoint in services.Node.Network.GetEndpoints(container).Where(e => e.Lease is not null))
        {
            try
            {
                await services.Node.Engine.DisconnectAsync(container, endpoint.NetworkName, force: true, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (EngineException e) when (e.Error == EngineError.NotFound)
            {
                // It has ended meanwhile, and removed itself.
            }
        }
    }
}
