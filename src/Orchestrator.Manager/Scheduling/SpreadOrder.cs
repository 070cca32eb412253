using Orchestrator.Model;

namespace Orchestrator.Manager.Scheduling;

/// <summary>
/// Which of the fitting nodes takes a task: branches of the preference tree are evened out first; then nodes on which
/// this
/// version keeps failing go last, then fewest tasks of the service, then fewest tasks, then lowest id.
/// </summary>
internal static class SpreadOrder
{
    /// <param name="fitting">At least one.</param>
    public static NodeLoad Best(IReadOnlyList<NodeLoad> fitting, OrchTask task, SchedulerOptions options)
    {
        foreach (var attribute in task.Spec.Placement.SpreadOver)
        {
            // Nodes without the label form a branch of their own.
            fitting = [.. fitting
                .GroupBy(node => Constraint.AttributeOf(node.Node, attribute), StringComparer.Ordinal)
                .OrderBy(branch => branch.Sum(node => node.TasksOf(task.ServiceId)))
                .ThenBy(branch => branch.Key, StringComparer.Ordinal)
                .First()];
        }

        return fitting.MinBy(node => (
            node.FailuresOf(task) >= options.FaultThreshold,
            node.TasksOf(task.ServiceId),
            node.Tasks,
            node.Node.Id))!;
    }
}
