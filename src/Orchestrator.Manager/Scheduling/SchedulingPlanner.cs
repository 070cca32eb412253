using Orchestrator.Manager.Scheduling.Filters;
using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Scheduling;

/// <summary>Chooses a node for every task that waits for one. Pure: state and time in, decisions out.</summary>
internal sealed class SchedulingPlanner(SchedulerOptions options)
{
    /// <summary>Plans all waiting tasks, each on top of those before it.</summary>
    public SchedulingPlan Plan(StoreRoot root, DateTimeOffset now)
    {
        var waiting = Waiting(root);
        if (waiting.Count == 0)
            return new([], 0);
        var nodes = Loads(root, now - options.FaultWindow);
        var changed = new List<OrchTask>();
        var unplaced = 0;
        foreach (var task in waiting)
        {
            var next = Place(task, nodes, now);
            unplaced += next.Status.State < TaskState.Assigned ? 1 : 0;
            if (!ReferenceEquals(next, task))
                changed.Add(next);
        }

        return new([.. changed], unplaced);
    }

    // Tasks bound to a node first, for they have no choice; then in the order of slots, so that a service fills evenly.
    private static List<OrchTask> Waiting(StoreRoot root) =>
        [.. root.Tasks.Find(Indexes.TaskDesiredState, Indexes.StateKey(TaskState.Running))
            .Concat(root.Tasks.Find(Indexes.TaskDesiredState, Indexes.StateKey(TaskState.Ready)))
            .Where(task => task.Status.State == TaskState.Pending)
            .OrderBy(task => task.NodeId.Value.Length == 0)
            .ThenBy(task => task.Meta.CreatedAt).ThenBy(task => task.Slot).ThenBy(task => task.Id)];

    private static Dictionary<NodeId, NodeLoad> Loads(StoreRoot root, DateTimeOffset faultsSince)
    {
        var needs = new NetworkNeeds(root);
        var nodes = root.Nodes.All.ToDictionary(node => node.Id, node => new NodeLoad(node, needs));
        foreach (var task in root.Tasks.All)
        {
            // A task that is bound to a node but not confirmed yet is among those waiting.
            if (task.Status.State >= TaskState.Assigned && nodes.TryGetValue(task.NodeId, out var node))
                node.Add(task, faultsSince);
        }

        return nodes;
    }

    private OrchTask Place(OrchTask task, Dictionary<NodeId, NodeLoad> nodes, DateTimeOffset now)
    {
        var candidates = task.NodeId.Value.Length == 0 ? nodes.Values.ToList()
            : nodes.TryGetValue(task.NodeId, out var bound) ? [bound]
            : [];
        var fitting = Fitting(task, candidates, out var explanation);
        if (fitting.Count == 0)
            return Explained(task, explanation, now);

        var chosen = SpreadOrder.Best(fitting, task, options);
        var message = task.NodeId.Value.Length == 0
            ? "scheduler assigned task to node"
            : "scheduler confirmed task can run on preassigned node";
        var placed = task with
        {
            NodeId = chosen.Node.Id,
            Status = task.Status with { State = TaskState.Assigned, Message = message, Error = "", Timestamp = now },
        };
        chosen.Occupy(placed);
        return placed;
    }

    private static List<NodeLoad> Fitting(OrchTask task, List<NodeLoad> candidates, out string explanation)
    {
        var unfit = NodeFilter.All.Select(static _ => new List<NodeLoad>()).ToArray();
        var fitting = new List<NodeLoad>();
        foreach (var node in candidates)
        {
            var filter = 0;
            while (filter < unfit.Length && NodeFilter.All[filter].Fits(node, task))
                filter++;
            if (filter == unfit.Length)
                fitting.Add(node);
            else
                unfit[filter].Add(node);
        }

        var reasons = NodeFilter.All.Zip(unfit).Where(pair => pair.Second.Count > 0)
            .Select(pair => pair.First.Explain(task, pair.Second));
        explanation = candidates.Count == 0 ? "no suitable node (no node has joined)"
            : $"no suitable node ({string.Join("; ", reasons)})";
        return fitting;
    }

    private static OrchTask Explained(OrchTask task, string explanation, DateTimeOffset now) =>
        task.Status.Error == explanation
            ? task
            : task with
            {
                Status = task.Status with { Message = "pending task scheduling", Error = explanation, Timestamp = now },
            };
}
