using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.Manager.Orchestration;

/// <summary>
/// When the leader first saw each task run and end, by its own clock: agents' clocks differ, and a report holds only
/// the last
/// state. Lost with the leadership, after which a task counts as having begun when the next leader looks.
/// </summary>
internal sealed record TaskTimes(
    ImmutableDictionary<TaskId, DateTimeOffset> RunningSince, ImmutableDictionary<TaskId, DateTimeOffset> EndedSince)
{
    public static TaskTimes None { get; } = new(
        ImmutableDictionary<TaskId, DateTimeOffset>.Empty, ImmutableDictionary<TaskId, DateTimeOffset>.Empty);

    /// <summary>Adds what is new in <paramref name="tasks"/> and forgets tasks that are gone.</summary>
    public TaskTimes Observe(IReadOnlyCollection<OrchTask> tasks, DateTimeOffset now)
    {
        var running = Note(RunningSince, tasks.Where(t => t.Status.State == TaskState.Running), now);
        var ended = Note(EndedSince, tasks.Where(t => t.Status.State.IsTerminal()), now);
        var known = tasks.Select(t => t.Id).ToHashSet();
        return new(
            running.RemoveRange(running.Keys.Where(id => !known.Contains(id))),
            ended.RemoveRange(ended.Keys.Where(id => !known.Contains(id))));
    }

    private static ImmutableDictionary<TaskId, DateTimeOffset> Note(
        ImmutableDictionary<TaskId, DateTimeOffset> times, IEnumerable<OrchTask> tasks, DateTimeOffset now) =>
        times.AddRange(tasks.Where(t => !times.ContainsKey(t.Id)).Select(t => KeyValuePair.Create(t.Id, now)));
}
