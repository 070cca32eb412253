using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Reaping;

/// <summary>
/// Decides which tasks to forget: those removed, and the oldest of each slot beyond the history limit. Pure.
/// </summary>
internal sealed class ReapingPlanner(ReaperOptions options)
{
    public ReapingPlan Plan(StoreRoot root, DateTimeOffset now)
    {
        var limit = root.Clusters.All.FirstOrDefault()?.Spec.TaskHistoryLimit ?? 5;
        var forgotten = root.Tasks.All.Where(task => IsRemoved(task, root) || IsEndedAttachment(task, root, now)).ToList();
        if (limit >= 0)
            forgotten.AddRange(
                root.Tasks.All.GroupBy(Indexes.SlotKey).SelectMany(slot => Surplus(slot.ToList(), limit)));
        var orphaned = root.Tasks.All.Where(task => !task.Status.State.IsTerminal() && IsOrphan(task, root, now));
        var wake = root.Nodes.All.Where(node => node.Status.State == NodeState.Down)
            .Select(node => (DateTimeOffset?)(node.Meta.UpdatedAt + options.OrphanAfter))
            .Concat(root.Tasks.All.Where(task => task.IsAttachment && task.Status.State < TaskState.Assigned)
                .Select(task => (DateTimeOffset?)(task.Meta.CreatedAt + options.UnattendedAfter)))
            .Where(moment => moment > now)
            .Min();
        return new([.. forgotten.DistinctBy(task => task.Id)], [.. orphaned.Select(task => Orphan(task, now))], wake);
    }

    private static bool IsRemoved(OrchTask task, StoreRoot root) =>
        task.DesiredState == TaskState.Remove
        && (task.Status.State.IsTerminal()
            || task.Status.State < TaskState.Assigned
            // An agent that returns is told all tasks of its node, and drops those that are not among them.
            || root.Nodes.Get(task.NodeId.Value) is null or { Status.State: NodeState.Down });

    /// <summary>Nobody asks how a container of a node once was on a network, and nobody waits for a place for so
    /// long.</summary>
    private bool IsEndedAttachment(OrchTask task, StoreRoot root, DateTimeOffset now) => task.IsAttachment
        && (task.Status.State.IsTerminal()
            || (task.Status.State < TaskState.Assigned
                && (root.Nodes.Get(task.NodeId.Value) is null || task.Meta.CreatedAt + options.UnattendedAfter <= now)));

    private bool IsOrphan(OrchTask task, StoreRoot root, DateTimeOffset now)
    {
        if (task.Status.State < TaskState.Assigned || task.NodeId.Value.Length == 0)
            return false;
        var node = root.Nodes.Get(task.NodeId.Value);
        return node is null
            || (node.Status.State == NodeState.Down && node.Meta.UpdatedAt + options.OrphanAfter <= now);
    }

    private static OrchTask Orphan(OrchTask task, DateTimeOffset now) => task with
    {
        Status = task.Status with
        {
            State = TaskState.Orphaned, Message = "the node of the task is gone", Timestamp = now,
        },
    };

    // Restart attempts are counted from the tasks that are kept, so as many stay as the policy counts.
    private static IEnumerable<OrchTask> Surplus(List<OrchTask> slot, int limit)
    {
        var keep = Math.Max(
            (ulong)limit, slot[^1].Spec.Restart.MaxAttempts > 0 ? slot[^1].Spec.Restart.MaxAttempts + 1 : 0);
        var ended = slot
            .Where(task => task.Status.State.IsTerminal() && task.DesiredState > TaskState.Running)
            .OrderBy(task => task.Meta.CreatedAt).ThenBy(task => task.Id)
            .ToList();
        var excess = slot.Count - (int)Math.Min(keep, int.MaxValue);
        return ended.Take(Math.Max(excess, 0));
    }
}
