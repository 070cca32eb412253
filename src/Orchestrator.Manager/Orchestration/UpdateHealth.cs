using Orchestrator.Model;

namespace Orchestrator.Manager.Orchestration;

/// <summary>Whether the tasks that an update made fail too often.</summary>
internal static class UpdateHealth
{
    /// <summary>The task that breaks the limit, or null while the update may go on.</summary>
    public static OrchTask? Judge(ServiceDraft draft, UpdateConfig config)
    {
        if (config.FailureAction == UpdateFailureAction.Continue)
            return null;
        var failed = draft.Slots
            .Select(slot => AttemptsOf(draft, slot).FirstOrDefault(task => Failed(task, draft, config.Monitor)))
            .OfType<OrchTask>()
            .ToList();
        return failed.Count > config.MaxFailureRatio * draft.Slots.Count(slot => slot.Newest is not null)
            ? failed[0] : null;
    }

    /// <summary>Tasks of a slot that were made since the update began, oldest first.</summary>
    public static IEnumerable<OrchTask> AttemptsOf(ServiceDraft draft, Slot slot) =>
        slot.Tasks.Where(task => IsOfThisUpdate(draft, task));

    public static bool IsOfThisUpdate(ServiceDraft draft, OrchTask task) =>
        task.SpecVersion == draft.Service.SpecVersion && task.Meta.CreatedAt >= draft.Service.UpdateStatus?.StartedAt;

    // Ended by itself before it ran, or within the monitored time after it began to.
    private static bool Failed(OrchTask task, ServiceDraft draft, TimeSpan monitor)
    {
        if (task.Status.State is not (TaskState.Complete or TaskState.Failed or TaskState.Rejected))
            return false;
        var times = draft.Cluster.Times;
        return !times.RunningSince.TryGetValue(task.Id, out var ran)
            || !times.EndedSince.TryGetValue(task.Id, out var ended)
            || ended - ran <= monitor;
    }
}
