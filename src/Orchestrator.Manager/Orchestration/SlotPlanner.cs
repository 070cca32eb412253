using Orchestrator.Manager.Scheduling;
using Orchestrator.Manager.Scheduling.Filters;
using Orchestrator.Model;

namespace Orchestrator.Manager.Orchestration;

/// <summary>Which slots a service has: as many as replicas, or one for every node that fits.</summary>
internal static class SlotPlanner
{
    public static void Plan(ServiceDraft draft)
    {
        if (draft.Service.Spec.Mode is ServiceMode.Replicated replicated)
            PlanReplicated(draft, (int)replicated.Replicas);
        else
            PlanGlobal(draft);
    }

    private static void PlanReplicated(ServiceDraft draft, int replicas)
    {
        var occupied = draft.Slots.Where(slot => IsOccupied(slot, draft)).ToList();
        foreach (var slot in Surplus(occupied, occupied.Count - replicas))
            draft.Remove(slot);

        // A slot that awaits its next attempt goes before a new one: its history decides about delay and attempts.
        var missing = replicas - occupied.Count;
        var awaiting = draft.Slots.Where(slot => slot.Newest is not null && !IsOccupied(slot, draft)).ToList();
        foreach (var slot in awaiting.Take(Math.Max(missing, 0)))
            Fill(draft, slot);
        foreach (var slot in awaiting.Skip(Math.Max(missing, 0)))
            draft.Remove(slot);
        for (var number = 1UL; missing > awaiting.Count; number++)
        {
            if (draft.SlotAt(SlotKey.Of(number)) is not { Newest: null } empty)
                continue;
            Fill(draft, empty);
            missing--;
        }
    }

    private static void PlanGlobal(ServiceDraft draft)
    {
        foreach (var node in draft.Cluster.Nodes.All.Where(node => Takes(node, draft.Service)))
        {
            var slot = draft.SlotAt(SlotKey.Of(node.Id));
            if (!IsOccupied(slot, draft))
                Fill(draft, slot);
        }

        foreach (var slot in draft.Slots.Where(slot => draft.Cluster.Nodes.Get(slot.Key.Node.Value) is null).ToList())
            draft.Remove(slot);
    }

    private static bool Takes(Node node, Service service)
    {
        var probe = TaskFactory.Create(service, SlotKey.Of(node.Id), new TaskId(""), TaskState.Running, default);
        var load = new NodeLoad(node);
        return node.Status.State == NodeState.Ready
            && node.Spec.Availability == NodeAvailability.Active
            && ConstraintFilter.Meets(node, service.Spec.Task.Placement)
            && new PlatformFilter().Fits(load, probe);
    }

    // A slot whose last task ended for good is full: it has done what was asked.
    private static bool IsOccupied(Slot slot, ServiceDraft draft) =>
        slot.IsLive || (slot.Newest is not null && !RestartRule.Allows(slot, draft.Cluster));

    // From the nodes with most tasks of the service, tasks that do not run before those that do, higher slots first.
    private static List<Slot> Surplus(List<Slot> slots, int count)
    {
        var left = slots.ToList();
        var taken = new List<Slot>();
        while (taken.Count < count)
        {
            var perNode = left.Where(s => s.IsRunning).GroupBy(NodeOf).ToDictionary(g => g.Key, g => g.Count());
            var next = left.OrderBy(s => s.IsRunning)
                .ThenByDescending(s => perNode.GetValueOrDefault(NodeOf(s)))
                .ThenByDescending(s => s.Key.Number)
                .First();
            left.Remove(next);
            taken.Add(next);
        }

        return taken;
    }

    private static NodeId NodeOf(Slot slot) =>
        slot.Live.OrderByDescending(t => t.Status.State).Select(t => t.NodeId).FirstOrDefault(new NodeId(""));

    private static void Fill(ServiceDraft draft, Slot slot)
    {
        // Ready lets the image be fetched meanwhile; the step after this one starts it when its turn has come.
        draft.Create(slot, slot.Newest is null ? TaskState.Running : TaskState.Ready);
    }
}
