using System.Diagnostics;
using Orchestrator.Model;

namespace Orchestrator.Agent.Tasks;

/// <summary>
/// One task on its node, from accepted to ended.
/// <code>
/// Assigned → Accepted → Preparing → Ready → Starting → Running → Complete | Failed
///                 └──────────┴── Rejected     └─ Failed     └─ Shutdown, when the manager wanted it
/// </code>
/// </summary>
public static class TaskMachine
{
    /// <summary>
    /// Advances one task by one event. Pure: no clock, no I/O, no exception for any pair of arguments.
    /// </summary>
    public static (TaskView Next, ImmutableArray<TaskEffect> Effects) Step(TaskView task, TaskEvent @event)
    {
        if (@event is TaskEvent.DesiredChanged wish)
        {
            // Only grows: a wish that arrives late is an old one.
            task = task with { Desired = (TaskState)Math.Max((int)task.Desired, (int)wish.Desired) };
        }

        if (task.Observed.IsTerminal())
            return (task, []); // A late event of a dead container changes nothing.
        if (task.Desired >= TaskState.Shutdown)
            return WindDown(task, @event);

        return (task.Observed, @event) switch
        {
            ( <= TaskState.Assigned, TaskEvent.Accepted) => (
                task with { Observed = TaskState.Preparing },
                [Report(TaskState.Accepted, "accepted"), Report(TaskState.Preparing, "preparing"),
                    new TaskEffect.Prepare()]),
            ( < TaskState.Starting, TaskEvent.Accepted) => (task, [new TaskEffect.Prepare()]),
            (_, TaskEvent.PrepareFailed(var error)) => End(task, TaskState.Rejected, "preparing", error),
            ( <= TaskState.Ready, TaskEvent.Prepared) when task.Desired >= TaskState.Running => Start(task),
            ( < TaskState.Ready, TaskEvent.Prepared) => Move(task, TaskState.Ready, "prepared"),
            (TaskState.Ready, TaskEvent.DesiredChanged) when task.Desired >= TaskState.Running => Start(task),
            (TaskState.Starting, TaskEvent.Started) => Move(task, TaskState.Running, "started"),
            ( >= TaskState.Starting, TaskEvent.StartFailed(var error)) =>
                End(task, TaskState.Failed, "starting", error),
            ( >= TaskState.Starting, TaskEvent.Exited exit) => Exit(task, exit),
            _ => (task, []),
        };
    }

    private static (TaskView, ImmutableArray<TaskEffect>) WindDown(TaskView task, TaskEvent @event) => @event switch
    {
        _ when task.Observed < TaskState.Starting =>
            (task with { Observed = TaskState.Shutdown },
                [new TaskEffect.Cancel(), Report(TaskState.Shutdown, "shutdown")]),
        TaskEvent.Exited { Code: var code } =>
            (task with { Observed = TaskState.Shutdown, Stopping = false },
                [new TaskEffect.Report(TaskState.Shutdown, "shutdown", "", code)]),
        TaskEvent.StartFailed =>
            (task with { Observed = TaskState.Shutdown, Stopping = false }, [Report(TaskState.Shutdown, "shutdown")]),
        TaskEvent.Started when task.Observed < TaskState.Running =>
            (task with { Observed = TaskState.Running, Stopping = true },
                [Report(TaskState.Running, "started"), new TaskEffect.Stop()]), // An earlier stop met no process.
        _ when task.Stopping => (task, []),
        _ => (task with { Stopping = true }, [new TaskEffect.Stop()]),
    };

    private static (TaskView, ImmutableArray<TaskEffect>) Start(TaskView task) =>
        (task with { Observed = TaskState.Starting },
            task.Observed < TaskState.Ready
                ? [Report(TaskState.Ready, "prepared"), Report(TaskState.Starting, "starting"), new TaskEffect.Start()]
                : [Report(TaskState.Starting, "starting"), new TaskEffect.Start()]);

    private static (TaskView, ImmutableArray<TaskEffect>) Exit(TaskView task, TaskEvent.Exited exit) => exit switch
    {
        { Code: 0, Error: "" } =>
            (task with { Observed = TaskState.Complete }, [Report(TaskState.Complete, "finished")]),
        { Error: "" } => (task with { Observed = TaskState.Failed },
            [new TaskEffect.Report(TaskState.Failed, "started", $"task: non-zero exit ({exit.Code})", exit.Code)]),
        _ => (task with { Observed = TaskState.Failed },
            [new TaskEffect.Report(TaskState.Failed, "started", exit.Error, exit.Code)]),
    };

    private static (TaskView, ImmutableArray<TaskEffect>) End(
        TaskView task, TaskState to, string message, string error) =>
        (task with { Observed = to }, [new TaskEffect.Report(to, message, error)]);

    private static (TaskView, ImmutableArray<TaskEffect>) Move(TaskView task, TaskState to, string message)
    {
        Debug.Assert(to > task.Observed, "a task's state only grows, so the greater of two reports is the newer");
        return (task with { Observed = to }, [Report(to, message)]);
    }

    private static TaskEffect.Report Report(TaskState state, string message) => new(state, message);
}
