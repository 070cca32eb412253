using Orchestrator.Model;

namespace Orchestrator.Manager.Orchestration;

/// <summary>
/// Makes the tasks of one service what its spec asks for. Pure: state, time and fresh ids in, tasks out. The steps,
/// each on
/// what the one before left: tasks that ended or cannot stay are given up; slots are taken away or filled; replacements
/// whose
/// turn has come start; outdated tasks are replaced.
/// </summary>
internal static class ServicePlanner
{
    public static ServicePlan Plan(
        Service service, IEnumerable<OrchTask> tasks, ClusterView cluster, Func<TaskId> newId)
    {
        var draft = new ServiceDraft(service, tasks, cluster, newId);
        GiveUpTasks(draft);
        SlotPlanner.Plan(draft);
        StartReplacements(draft);
        UpdatePlanner.Plan(draft);
        return draft.Finish(service);
    }

    /// <summary>What becomes of tasks whose service is gone.</summary>
    public static IEnumerable<OrchTask> Forget(IEnumerable<OrchTask> tasks, DateTimeOffset now) =>
        tasks.Where(task => task.DesiredState < TaskState.Remove).Select(task => task with
        {
            DesiredState = TaskState.Remove,
            Status = task.Status.State >= TaskState.Assigned
                ? task.Status
                : task.Status with { State = TaskState.Shutdown, Message = "service removed", Timestamp = now },
        });

    private static void GiveUpTasks(ServiceDraft draft)
    {
        foreach (var slot in draft.Slots)
        {
            foreach (var task in slot.Live.ToList())
            {
                if (task.Status.State.IsTerminal() || draft.Cluster.MustLeave(task))
                    draft.ShutDown(slot, task);
            }
        }
    }

    private static void StartReplacements(ServiceDraft draft)
    {
        foreach (var slot in draft.Slots)
        {
            foreach (var task in slot.Live.Where(t => t.DesiredState == TaskState.Ready).ToList())
            {
                var due = DueAt(slot, task, draft);
                if (due <= draft.Now)
                    draft.Want(slot, task, TaskState.Running);
                else
                    draft.WakeAt(due);
            }
        }
    }

    private static DateTimeOffset DueAt(Slot slot, OrchTask task, ServiceDraft draft)
    {
        var predecessor = slot.Tasks.TakeWhile(t => t.Id != task.Id).LastOrDefault();
        var delay = RestartRule.Delay(task, predecessor, draft.Cluster);
        if (slot.Tasks.Any(draft.Cluster.IsStopping) && draft.Cluster.Options.StopTimeout > delay)
            delay = draft.Cluster.Options.StopTimeout;
        return task.Meta.CreatedAt + delay;
    }
}
