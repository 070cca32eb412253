using Orchestrator.Manager.Scheduling.Filters;
using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Orchestration;

/// <summary>
/// What a service's plan depends on besides the service: nodes, time, and what was seen of its tasks so far.
/// </summary>
internal sealed record ClusterView(Table<Node> Nodes, TaskTimes Times, DateTimeOffset Now, OrchestratorOptions Options)
{
    /// <summary>Whether a task cannot stay where it is.</summary>
    public bool MustLeave(OrchTask task) =>
        task.NodeId.Value.Length > 0
        && (IsLost(task.NodeId)
            || Nodes.Get(task.NodeId.Value)!.Spec.Availability == NodeAvailability.Drain
            || !ConstraintFilter.Meets(Nodes.Get(task.NodeId.Value)!, task.Spec.Placement));

    /// <summary>Whether a node is down or gone, so that nothing more is heard of its tasks.</summary>
    public bool IsLost(NodeId id) => Nodes.Get(id.Value) is not { } node || node.Status.State == NodeState.Down;

    /// <summary>Whether a task is told to stop and may still be running.</summary>
    public bool IsStopping(OrchTask task) =>
        task.DesiredState > TaskState.Running
        && task.Status.State is >= TaskState.Assigned and <= TaskState.Running
        && !IsLost(task.NodeId);
}
