using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Logs;

/// <summary>Which tasks a reader of logs wants. Pure.</summary>
internal static class LogSelection
{
    /// <summary>Tasks that match and may have a container on a node that can be asked.</summary>
    public static IEnumerable<OrchTask> Of(P.LogSelector selector, StoreRoot root) => Matching(selector, root)
        .Where(task => !task.IsAttachment) // Its container is its node's own.
        .Where(task => task.Status.State is >= TaskState.Starting and not (TaskState.Rejected or TaskState.Orphaned))
        .Where(task => root.Nodes.Get(task.NodeId.Value)?.Status.State == NodeState.Ready)
        .DistinctBy(task => task.Id);

    private static IEnumerable<OrchTask> Matching(P.LogSelector selector, StoreRoot root) =>
        selector.ServiceIds.SelectMany(id => root.Tasks.Find(Indexes.TaskService, id))
            .Concat(selector.NodeIds.SelectMany(id => root.Tasks.Find(Indexes.TaskNode, id)))
            .Concat(selector.TaskIds.Select(root.Tasks.Get).OfType<OrchTask>());
}
