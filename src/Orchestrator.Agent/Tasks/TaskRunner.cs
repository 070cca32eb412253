using System.Threading.Channels;
using Orchestrator.Model;

namespace Orchestrator.Agent.Tasks;

/// <summary>
/// The loop around <see cref="TaskMachine"/> for one task: carries out effects, brings the results back.
/// </summary>
/// <param name="report">Called on the loop with every new status, in order; keeps it and passes it on.</param>
internal sealed class TaskRunner(
    OrchTask task, TaskStatus status, ITaskExecutor executor, TimeProvider time, Action<OrchTask, TaskStatus> report)
{
    private readonly Channel<TaskEvent> events = Channel.CreateUnbounded<TaskEvent>(); // A handful in a task's life.
    private readonly List<Task> work = [];
    private TaskView view = new(status.State, task.DesiredState);
    private CancellationTokenSource underWay = new();

    public OrchTask Task { get; private set; } = task;

    /// <summary>As last reported.</summary>
    public TaskStatus Status { get; private set; } = status;

    public void Update(OrchTask newer)
    {
        Task = newer;
        events.Writer.TryWrite(new TaskEvent.DesiredChanged(newer.DesiredState));
    }

    /// <summary>Runs until cancelled; the container goes on without it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Resume(cancellationToken);
        try
        {
            await foreach (var next in events.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                await HandleAsync(next, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await underWay.CancelAsync().ConfigureAwait(false);
            await System.Threading.Tasks.Task.WhenAll(work).ConfigureAwait(false);
            underWay.Dispose();
        }
    }

    /// <summary>A container may have gone on, or ended, while no daemon looked: tell the machine first.</summary>
    private void Resume(CancellationToken cancellationToken)
    {
        if (view.Observed < TaskState.Starting || view.Observed.IsTerminal())
        {
            events.Writer.TryWrite(new TaskEvent.Accepted());
            return;
        }

        var seen = executor.Look(Task);
        if (view.Observed == TaskState.Starting && seen.Running)
        {
            Begin(StartAsync, cancellationToken); // Whether it is well was not known yet.
            events.Writer.TryWrite(new TaskEvent.DesiredChanged(Task.DesiredState));
            return;
        }

        events.Writer.TryWrite(seen switch
        {
            { Running: true } => new TaskEvent.Started(seen.ContainerId!, seen.Pid),
            { HasRun: true } => new TaskEvent.Exited(seen.ExitCode, seen.Error),
            _ => new TaskEvent.Exited(-1, "the container was lost while its daemon was down"),
        });
        events.Writer.TryWrite(new TaskEvent.DesiredChanged(Task.DesiredState));
    }

    private async Task HandleAsync(TaskEvent @event, CancellationToken cancellationToken)
    {
        (view, var effects) = TaskMachine.Step(view, @event);
        if (@event is TaskEvent.Started)
            Begin(WaitAsync, cancellationToken);
        foreach (var effect in effects)
            await CarryOutAsync(effect, cancellationToken).ConfigureAwait(false);
        work.RemoveAll(done => done.IsCompleted);
    }

    private async Task CarryOutAsync(TaskEffect effect, CancellationToken cancellationToken)
    {
        switch (effect)
        {
            case TaskEffect.Report made:
                Report(made);
                break;
            case TaskEffect.Prepare:
                underWay.Dispose();
                underWay = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                Begin(PrepareAsync, underWay.Token);
                break;
            case TaskEffect.Start:
                Begin(StartAsync, cancellationToken);
                break;
            case TaskEffect.Stop:
                Begin(StopAsync, cancellationToken);
                break;
            case TaskEffect.Cancel:
                await underWay.CancelAsync().ConfigureAwait(false);
                break;
        }
    }

    private void Report(TaskEffect.Report made)
    {
        var seen = made.State >= TaskState.Preparing ? executor.Look(Task) : ContainerSight.None;
        Status = new TaskStatus
        {
            Timestamp = time.GetUtcNow(),
            State = made.State,
            Message = made.Message,
            Error = made.Error,
            Container = seen.ContainerId is { } id ? new(id, seen.Pid, made.ExitCode) : Status.Container,
        };
        report(Task, Status);
    }

    private void Begin(Func<CancellationToken, Task<TaskEvent?>> operation, CancellationToken cancellationToken) =>
        work.Add(PostAsync(operation, cancellationToken));

    private async Task PostAsync(
        Func<CancellationToken, Task<TaskEvent?>> operation, CancellationToken cancellationToken)
    {
        // Off the loop: an operation may compute for a while before its first await.
        await System.Threading.Tasks.Task.Yield();
        try
        {
            if (await operation(cancellationToken).ConfigureAwait(false) is { } result)
                events.Writer.TryWrite(result);
        }
        catch (OperationCanceledException)
        {
            // Either the task is no longer wanted or the daemon goes down; the loop knows which.
        }
    }

    private async Task<TaskEvent?> PrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            await executor.PrepareAsync(Task, cancellationToken).ConfigureAwait(false);
            return new TaskEvent.Prepared();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new TaskEvent.PrepareFailed(e.Message);
        }
    }

    private async Task<TaskEvent?> StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            var seen = await executor.StartAsync(Task, cancellationToken).ConfigureAwait(false);
            return seen.Well
                ? new TaskEvent.Started(seen.ContainerId ?? "", seen.Pid)
                : new TaskEvent.Exited(seen.ExitCode, seen.Error);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new TaskEvent.StartFailed(e.Message);
        }
    }

    private async Task<TaskEvent?> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            var seen = await executor.WaitAsync(Task, cancellationToken).ConfigureAwait(false);
            return seen.ContainerId is null
                ? new TaskEvent.Exited(-1, "the container was removed")
                : new TaskEvent.Exited(seen.ExitCode, seen.Error);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new TaskEvent.Exited(-1, e.Message); // Removed behind our back.
        }
    }

    private async Task<TaskEvent?> StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await executor.StopAsync(Task, cancellationToken).ConfigureAwait(false);
            return null; // The wait tells.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return executor.Look(Task).Running ? null : new TaskEvent.Exited(-1, e.Message);
        }
    }
}
