using Orchestrator.Model;

namespace Orchestrator.Manager.Scheduling.Filters;

/// <summary>The node has fewer tasks of the service than its bound.</summary>
internal sealed class MaxReplicasFilter : NodeFilter
{
    public override bool Fits(NodeLoad node, OrchTask task)
    {
        var most = task.Spec.Placement.MaxReplicasPerNode;
        return most == 0 || (ulong)node.TasksOf(task.ServiceId) < most;
    }

    public override string Explain(int nodes) => $"max replicas per node limit exceeded on {Count(nodes)}";
}
