using Orchestrator.Agent.Tasks;
using Orchestrator.Network;

namespace Orchestrator.Daemon.Clustering;

/// <summary>What a cluster leaves on a host, taken away when the host leaves the cluster.</summary>
internal static class TasksOfCluster
{
    public static async Task RemoveAsync(NodeServices services, CancellationToken cancellationToken)
    {
        var tasks = services.Engine.List().Where(c => c.Process.Labels.ContainsKey(TaskContainer.LabelPrefix + "task"));
        await Task.WhenAll(tasks.Select(
            t => services.Engine.RemoveAsync(t.Id, force: true, volumes: true, cancellationToken))).ConfigureAwait(false);
        await services.Network.ApplyClusterAsync(new ClusterView(""), cancellationToken).ConfigureAwait(false);
    }
}
