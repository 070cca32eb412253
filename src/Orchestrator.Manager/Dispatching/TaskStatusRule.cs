using Orchestrator.Model;

namespace Orchestrator.Manager.Dispatching;

/// <summary>What a report of a node does to a task. Pure.</summary>
internal static class TaskStatusRule
{
    /// <returns>The task with the report, or null when the report changes nothing: late, foreign or known.</returns>
    public static OrchTask? Merge(OrchTask? task, NodeId reporter, TaskStatus report)
    {
        // An observed state only grows: of two reports the greater is the newer, whichever comes first.
        if (task is null || task.NodeId != reporter
            || report.State < task.Status.State || task.Status.State.IsTerminal())
            return null;
        var known = task.Status;
        var same = report.State == known.State && report.Message == known.Message && report.Error == known.Error
            && report.Container == known.Container && report.HostPorts.SequenceEqual(known.HostPorts);
        return same ? null : task with { Status = report };
    }
}
