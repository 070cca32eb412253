using System.Diagnostics;
using Orchestrator.Model;

namespace Orchestrator.Manager.Orchestration;

/// <summary>
/// One service while a pass works on it: each step sees what the steps before it decided. Belongs to that pass.
/// </summary>
internal sealed class ServiceDraft
{
    private readonly Dictionary<TaskId, OrchTask> changed = [];
    private readonly HashSet<TaskId> created = [];
    private readonly SortedDictionary<SlotKey, Slot> slots = [];
    private readonly Func<TaskId> newId;

    public ServiceDraft(
        Service service, IEnumerable<OrchTask> tasks, ClusterView cluster, Func<TaskId> newId)
    {
        Service = service;
        Cluster = cluster;
        this.newId = newId;
        var known = tasks.Where(t => t.DesiredState != TaskState.Remove).OrderBy(t => t.Meta.CreatedAt)
        .ThenBy(t => t.Id);
        foreach (var task in known)
            SlotAt(SlotKey.Of(task)).Add(task);
    }

    public Service Service { get; private set; }

    public ClusterView Cluster { get; }

    public DateTimeOffset Now => Cluster.Now;

    public IReadOnlyCollection<Slot> Slots => slots.Values;

    /// <summary>When to look again although nothing changed; null: no need.</summary>
    public DateTimeOffset? Wake { get; private set; }

    public ServicePlan Finish(Service original) => new(
        ReferenceEquals(Service, original) ? null : Service,
        [.. changed.Values.Where(t => created.Contains(t.Id))],
        [.. changed.Values.Where(t => !created.Contains(t.Id))],
        Wake);

    public Slot SlotAt(SlotKey key)
    {
        if (!slots.TryGetValue(key, out var slot))
            slots.Add(key, slot = new Slot(key));
        return slot;
    }

    public void WakeAt(DateTimeOffset moment)
    {
        if (Wake is null || moment < Wake)
            Wake = moment;
    }

    public void SetService(Service next) => Service = next;

    public void Create(Slot slot, TaskState desired)
    {
        var task = TaskFactory.Create(Service, slot.Key, newId(), desired, Now);
        created.Add(task.Id);
        changed[task.Id] = task;
        slot.Add(task);
    }

    /// <summary>Wants more of a task; what is wanted only grows.</summary>
    public void Want(Slot slot, OrchTask task, TaskState desired)
    {
        Debug.Assert(desired > task.DesiredState, "a desired state only grows");
        var next = task with { DesiredState = desired };
        // No agent knows of it, so none will report its end.
        if (desired > TaskState.Running && task.Status.State < TaskState.Assigned)
        {
            next = next with
            {
                Status = task.Status with
                {
                    State = TaskState.Shutdown, Message = "stopped before it had a node", Timestamp = Now,
                },
            };
        }

        changed[task.Id] = next;
        slot.Replace(next);
    }

    public void ShutDown(Slot slot, OrchTask task) => Want(slot, task, TaskState.Shutdown);

    /// <summary>Gives a slot up: its tasks stop and are forgotten.</summary>
    public void Remove(Slot slot)
    {
        foreach (var task in slot.Tasks.ToList())
            Want(slot, task, TaskState.Remove);
    }
}
