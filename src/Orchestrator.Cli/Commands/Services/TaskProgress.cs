using System.Globalization;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>The overall line and a line for each task, in all four modes of a service.</summary>
internal sealed class TaskProgress(ProgressDisplay display)
{
    private const int MaxBars = 20;
    private const int ErrorLength = 75;
    private const int BarWidth = 50;
    private const int LongestState = 9;

    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);
    private bool _done;

    /// <summary>Shows one look.</summary>
    /// <returns>True when as many tasks are in their final state as there should be.</returns>
    public bool Show(ServiceView view, bool rollback)
    {
        var mode = view.Service.Spec.Mode;
        var job = mode.ReplicatedJob is not null || mode.GlobalJob is not null;
        var perNode = mode.Global is not null || mode.GlobalJob is not null;
        var goal = job ? "complete" : "running";
        var tasks = perNode ? ByNode(view) : BySlot(view);
        var wanted = perNode ? tasks.Count
            : (int)(mode.Replicated?.Replicas ?? mode.ReplicatedJob?.TotalCompletions ?? 1);
        var reached = tasks.Values.Count(
            t => t.Status.State == goal && (job || !TaskStates.IsTerminal(t.DesiredState)));

        if (_done && reached != wanted) _done = false;
        if (!_done) Overall(reached, wanted, rollback);
        if (_labels.Count == 0 && !perNode && wanted <= MaxBars && !_done)
            for (var i = 1; i <= wanted; i++)
                display.Step(string.Create(CultureInfo.InvariantCulture, $"{i}/{wanted}"), " ");
        foreach (var (key, task) in tasks)
            if (!_done && wanted <= MaxBars) Task(Label(key, wanted, perNode), task, job);
        // An empty cluster has no task of a global service, which is not the same as having all of them.
        _done = reached == wanted && (!perNode || wanted > 0);
        return _done;
    }

    private void Overall(int reached, int wanted, bool rollback) => display.Line("overall progress",
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(rollback ? "rolling back update: " : "")}{reached} out of {wanted} tasks"));

    private void Task(string label, SwarmTask task, bool job)
    {
        if (!string.IsNullOrEmpty(task.Status.Err))
        {
            display.Line(label, Text.Ellipsis(task.Status.Err.Replace('\n', ' '), ErrorLength));
            return;
        }
        var state = task.Status.State ?? "";
        if (TaskStates.IsTerminal(state) && !(job && state == "complete")) return;
        if (TaskStates.IsTerminal(task.DesiredState) && !job) return;
        display.Bar(
            label, state,
            $"{state.PadRight(LongestState)} "
            + $"{Bar(TaskStates.Rank(state), job ? TaskStates.Running + 1 : TaskStates.Running)}");
    }

    /// <summary>Slots are shown as 1 to n even when their numbers have holes.</summary>
    private string Label(string key, int wanted, bool perNode)
    {
        if (_labels.TryGetValue(key, out var label)) return label;
        return _labels[key] = perNode ? Text.ShortId(key)
            : string.Create(CultureInfo.InvariantCulture, $"{_labels.Count + 1}/{wanted}");
    }

    /// <summary>One task a slot: that which is to live longest, and of two such the one less far.</summary>
    private static SortedDictionary<string, SwarmTask> BySlot(ServiceView view) => Pick(
        view.Tasks.Where(t => string.IsNullOrEmpty(t.NodeID) || view.ActiveNodes.Contains(t.NodeID)),
        static t => (t.Slot ?? 0).ToString("D9", CultureInfo.InvariantCulture));

    private static SortedDictionary<string, SwarmTask> ByNode(ServiceView view) =>
        Pick(view.Tasks.Where(t => t.NodeID is not null && view.ActiveNodes.Contains(t.NodeID)), static t => t.NodeID!);

    private static SortedDictionary<string, SwarmTask> Pick(IEnumerable<SwarmTask> tasks, Func<SwarmTask, string> key)
    {
        var picked = new SortedDictionary<string, SwarmTask>(StringComparer.Ordinal);
        foreach (var task in tasks)
        {
            if (TaskStates.Rank(task.DesiredState) == 0 || TaskStates.Rank(task.Status.State) == 0) continue;
            if (picked.TryGetValue(key(task), out var other) && Order(other).CompareTo(Order(task)) <= 0) continue;
            picked[key(task)] = task;
        }
        return picked;
    }

    private static (int Desired, int Observed) Order(SwarmTask task) =>
        (TaskStates.Rank(task.DesiredState), TaskStates.Rank(task.Status.State));

    private static string Bar(int step, int of)
    {
        var filled = Math.Clamp(step * BarWidth / of, 0, BarWidth);
        var head = filled < BarWidth ? ">" : "";
        return $"[{new string('=', filled)}{head}{new string(' ', BarWidth - filled - head.Length)}]";
    }
}
