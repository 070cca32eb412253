using Orchestrator.Agent.Tasks;
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
        await services.Node.Network.ApplyClusterAsync(ClusterView.OfNoCluster, cancellationToken).ConfigureAwait(false);
    }
}
