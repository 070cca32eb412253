using Orchestrator.Model;

namespace Orchestrator.Manager.Orchestration;

/// <summary>
/// Whether and when a slot gets another attempt. Decided from the slot's retained tasks alone, so any leader decides
/// alike.
/// </summary>
internal static class RestartRule
{
    /// <summary>Whether a slot whose tasks are all stopped, or told to, gets another one.</summary>
    public static bool Allows(Slot slot, ClusterView cluster)
    {
        if (slot.Newest is not { } last)
            return true;
        var policy = last.Spec.Restart;
        // Stopped by us on a node that is there (drained, or an update cut short): the condition is about ends of its
        // own.
        var byUs = !EndedByItself(last) && !cluster.IsLost(last.NodeId);
        return (byUs || Satisfies(policy.Condition, last)) && !IsExhausted(policy, slot, last);
    }

    /// <summary>
    /// How long after its creation a replacement has to wait: only after an end of its own, of the same version.
    /// </summary>
    public static TimeSpan Delay(OrchTask replacement, OrchTask? predecessor, ClusterView cluster) =>
        predecessor is not null
        && EndedByItself(predecessor)
        && predecessor.SpecVersion == replacement.SpecVersion
        && !cluster.MustLeave(predecessor)
            ? replacement.Spec.Restart.Delay
            : TimeSpan.Zero;

    private static bool EndedByItself(OrchTask task) =>
        task.Status.State is TaskState.Complete or TaskState.Failed or TaskState.Rejected;

    private static bool Satisfies(RestartCondition condition, OrchTask last) => condition switch
    {
        RestartCondition.None => false,
        RestartCondition.OnFailure => last.Status.State != TaskState.Complete,
        _ => true,
    };

    // Every attempt after the first is a restart. The window ends where the last one did, so the answer never changes.
    private static bool IsExhausted(RestartPolicy policy, Slot slot, OrchTask last)
    {
        if (policy.MaxAttempts == 0)
            return false;
        var since = policy.Window > TimeSpan.Zero ? last.Status.Timestamp - policy.Window : DateTimeOffset.MinValue;
        var restarts = slot.Tasks
            .Where(t => t.SpecVersion == last.SpecVersion)
            .Skip(1)
            .Count(t => t.Meta.CreatedAt >= since);
        return (ulong)restarts >= policy.MaxAttempts;
    }
}
