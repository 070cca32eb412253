using Orchestrator.Model;

namespace Orchestrator.Manager.Orchestration;

/// <summary>
/// Replaces outdated tasks a few slots at a time and watches the new ones. Where the update stands is read from the
/// tasks, so
/// a new leader goes on where the last one was.
/// </summary>
internal static class UpdatePlanner
{
    public static void Plan(ServiceDraft draft)
    {
        var comparison = new SpecComparison(draft.Service, draft.Cluster.Nodes);
        var outdated = draft.Slots.Where(slot => OutdatedIn(slot, comparison).Any()).ToList();
        if (outdated.Count > 0 && MayBegin(draft.Service.UpdateStatus))
            Report(draft, UpdateState.Updating, "update in progress");
        if (draft.Service.UpdateStatus?.State is not (UpdateState.Updating or UpdateState.RollbackStarted))
            return;
        if (UpdateHealth.Judge(draft, ConfigOf(draft.Service)) is { } failed)
            Stop(draft, failed);
        else if (outdated.Count > 0)
            Advance(draft, outdated, comparison);
        else
            Complete(draft);
    }

    public static UpdateConfig ConfigOf(Service service) =>
        (IsRollback(service) ? service.Spec.Rollback : service.Spec.Update) ?? new UpdateConfig();

    // A paused update waits for a new spec.
    private static bool MayBegin(UpdateStatus? status) => status is null
        || status.State is UpdateState.Unknown or UpdateState.Completed or UpdateState.RollbackCompleted;

    private static bool IsRollback(Service service) => service.UpdateStatus?.State is
        UpdateState.RollbackStarted or UpdateState.RollbackPaused or UpdateState.RollbackCompleted;

    /// <summary>Outdated tasks that run, or the last one when it ended for good and nothing runs.</summary>
    private static IEnumerable<OrchTask> OutdatedIn(Slot slot, SpecComparison comparison) =>
        slot.IsLive ? slot.Live.Where(comparison.IsOutdated)
        : slot.Newest is { } last && comparison.IsOutdated(last) ? [last]
        : [];

    private static void Advance(ServiceDraft draft, List<Slot> outdated, SpecComparison comparison)
    {
        var config = ConfigOf(draft.Service);
        var begun = outdated.Where(slot => slot.Live.Any(t => !comparison.IsOutdated(t))).ToList();
        foreach (var slot in begun)
            FinishSlot(draft, slot, config, comparison);

        var busy = draft.Slots.Count(slot => IsBusy(draft, slot, config));
        var free = config.Parallelism == 0 ? outdated.Count : (int)config.Parallelism - busy;
        var next = outdated.Except(begun).OrderBy(slot => slot.IsRunning).ThenBy(slot => slot.Key);
        foreach (var slot in next.Take(Math.Max(free, 0)))
            ReplaceSlot(draft, slot, config.Order, comparison);
    }

    // The new task stands: the old one of a start-first slot may go.
    private static void FinishSlot(ServiceDraft draft, Slot slot, UpdateConfig config, SpecComparison comparison)
    {
        var stands = slot.Live.Any(t => t.Status.State == TaskState.Running && !comparison.IsOutdated(t));
        if (!stands && config.Order == UpdateOrder.StartFirst)
            return;
        foreach (var old in OutdatedIn(slot, comparison).ToList())
            draft.ShutDown(slot, old);
    }

    private static void ReplaceSlot(ServiceDraft draft, Slot slot, UpdateOrder order, SpecComparison comparison)
    {
        if (order == UpdateOrder.StopFirst)
        {
            foreach (var old in slot.Live.Where(comparison.IsOutdated).ToList())
                draft.ShutDown(slot, old);
        }

        // Ready lets the image be fetched while the old task stops.
        draft.Create(slot, slot.Tasks.Any(draft.Cluster.IsStopping) ? TaskState.Ready : TaskState.Running);
    }

    /// <summary>Whether a slot with a task of the new version holds a place among those updated at once.</summary>
    private static bool IsBusy(ServiceDraft draft, Slot slot, UpdateConfig config)
    {
        var attempts = UpdateHealth.AttemptsOf(draft, slot).ToList();
        if (attempts.Count == 0)
            return false;
        // An attempt that ended counts as one that stood: what it means for the update is judged apart.
        var stood = attempts.Select(t => draft.Cluster.Times.RunningSince.TryGetValue(t.Id, out var at)
            || draft.Cluster.Times.EndedSince.TryGetValue(t.Id, out at) ? at : (DateTimeOffset?)null).Min();
        if (stood is null)
            return true;
        var until = stood.Value + config.Delay;
        if (until > draft.Now)
            draft.WakeAt(until);
        return until > draft.Now;
    }

    private static void Complete(ServiceDraft draft)
    {
        var watched = draft.Slots.Where(slot => slot.IsLive).Select(slot => WatchedUntil(draft, slot)).ToList();
        if (watched.Exists(until => until is null))
            return;
        var last = watched.Max() ?? DateTimeOffset.MinValue;
        if (last > draft.Now)
            draft.WakeAt(last);
        else if (IsRollback(draft.Service))
            Report(draft, UpdateState.RollbackCompleted, "rollback completed");
        else
            Report(draft, UpdateState.Completed, "update completed");
    }

    private static DateTimeOffset? WatchedUntil(ServiceDraft draft, Slot slot)
    {
        var running = slot.Live.FirstOrDefault(t => t.Status.State == TaskState.Running);
        if (running is null || !draft.Cluster.Times.RunningSince.TryGetValue(running.Id, out var since))
            return null;
        return UpdateHealth.IsOfThisUpdate(draft, running)
            ? since + ConfigOf(draft.Service).Monitor : DateTimeOffset.MinValue;
    }

    private static void Stop(ServiceDraft draft, OrchTask failed)
    {
        var action = ConfigOf(draft.Service).FailureAction;
        if (IsRollback(draft.Service))
            Report(
                draft, UpdateState.RollbackPaused,
                $"rollback paused due to failure or early termination of task {failed.Id}");
        else if (action == UpdateFailureAction.Rollback && draft.Service.PreviousSpec is not null)
            RollBack(draft, $"update rolled back due to failure or early termination of task {failed.Id}");
        else
            Report(draft, UpdateState.Paused, $"update paused due to failure or early termination of task {failed.Id}");
    }

    private static void RollBack(ServiceDraft draft, string message)
    {
        draft.SetService(draft.Service with
        {
            Spec = draft.Service.PreviousSpec!, PreviousSpec = null, SpecVersion = draft.Service.Meta.Version,
        });
        Report(draft, UpdateState.RollbackStarted, message);
        // What is to be done follows from the service as it now is; the next pass does it.
        draft.WakeAt(draft.Now);
    }

    private static void Report(ServiceDraft draft, UpdateState state, string message)
    {
        var ended = state is UpdateState.Completed or UpdateState.RollbackCompleted;
        var begins = state is UpdateState.Updating or UpdateState.RollbackStarted;
        var started = begins ? draft.Now : draft.Service.UpdateStatus?.StartedAt ?? draft.Now;
        draft.SetService(draft.Service with
        {
            UpdateStatus = new UpdateStatus(state, started, ended ? draft.Now : null, message),
        });
    }
}
