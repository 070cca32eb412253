using Orchestrator.Model;

namespace Orchestrator.Manager.Orchestration;

/// <summary>All attempts at one slot, oldest first, but for those to be forgotten. Belongs to one pass.</summary>
internal sealed class Slot(SlotKey key)
{
    private readonly List<OrchTask> tasks = [];

    public SlotKey Key { get; } = key;

    public IReadOnlyList<OrchTask> Tasks => tasks;

    /// <summary>Those that are to run, or to be ready to.</summary>
    public IEnumerable<OrchTask> Live => tasks.Where(t => t.DesiredState <= TaskState.Running);

    public bool IsLive => tasks.Exists(t => t.DesiredState <= TaskState.Running);

    public OrchTask? Newest => tasks.Count == 0 ? null : tasks[^1];

    public bool IsRunning => Live.Any(t => t.Status.State == TaskState.Running);

    public void Add(OrchTask task) => tasks.Add(task);

    public void Replace(OrchTask task)
    {
        var at = tasks.FindIndex(t => t.Id == task.Id);
        if (task.DesiredState == TaskState.Remove)
            tasks.RemoveAt(at);
        else
            tasks[at] = task;
    }
}
