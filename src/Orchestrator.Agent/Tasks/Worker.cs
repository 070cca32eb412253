using Microsoft.Extensions.Logging;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;

namespace Orchestrator.Agent.Tasks;

/// <summary>Keeps one runner for each task assigned to this node.</summary>
/// <remarks>One owner calls <see cref="ReconcileAsync"/>; reports come from the runners' loops.</remarks>
internal sealed class Worker(
    ITaskExecutor executor, AgentStore store, TimeProvider time, StatusReporter reporter, ILogger<Worker> logger)
{
    private readonly Dictionary<TaskId, Running> runners = [];
    private readonly Dictionary<TaskId, TaskStatus> known = store.LoadStatuses();

    /// <summary>Runners live as long as the agent, not as long as the session that brought their task.</summary>
    private readonly CancellationTokenSource lifetime = new();

    private sealed record Running(TaskRunner Runner, Task Loop, CancellationTokenSource Stop);

    /// <summary>Starts, updates and ends runners until they match the assignments.</summary>
    public async Task ReconcileAsync(Assignments assignments)
    {
        var wanted = assignments.Tasks.Select(t => t.ToModel()).ToDictionary(t => t.Id);
        foreach (var task in wanted.Values)
        {
            if (runners.TryGetValue(task.Id, out var running))
                running.Runner.Update(task);
            else
                Begin(task);
        }

        var gone = runners.Keys.Where(id => !wanted.ContainsKey(id)).ToList();
        await Task.WhenAll(gone.Select(EndAsync)).ConfigureAwait(false);
        // Tasks that ended and were forgotten by the managers while this daemon was down.
        foreach (var id in known.Keys.Where(id => !wanted.ContainsKey(id)).ToList())
        {
            known.Remove(id);
            store.Forget(id);
        }
    }

    /// <summary>Says everything again, to a dispatcher that may have missed it.</summary>
    public void ReportAll()
    {
        foreach (var running in runners.Values)
            reporter.Add(running.Runner.Task.Id, running.Runner.Status);
    }

    public async Task StopAsync()
    {
        await lifetime.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(runners.Values.Select(r => r.Loop)).ConfigureAwait(false);
    }

    private void Begin(OrchTask task)
    {
        var status = known.TryGetValue(task.Id, out var own) && own.State >= task.Status.State ? own : task.Status;
        var runner = new TaskRunner(task, status, executor, time, Report);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(lifetime.Token);
        runners[task.Id] = new(runner, RunAsync(runner, stop.Token), stop);
    }

    private async Task RunAsync(TaskRunner runner, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            await runner.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The owner ended it.
        }
        catch (Exception e)
        {
            logger.RunnerFailed(runner.Task.Id.Value, e);
        }
    }

    private void Report(OrchTask task, TaskStatus status)
    {
        reporter.Add(task.Id, status); // The cluster must hear of it even if this disk cannot.
        try
        {
            store.SaveStatus(task.Id, status);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.NotSaved(e);
        }

        if (status.Error.Length > 0)
            logger.TaskFailed(task.Name, status.State, status.Error);
    }

    private async Task EndAsync(TaskId id)
    {
        runners.Remove(id, out var running);
        await running!.Stop.CancelAsync().ConfigureAwait(false);
        await running.Loop.ConfigureAwait(false);
        try
        {
            await executor.RemoveAsync(running.Runner.Task, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.RemoveFailed(running.Runner.Task.Name, e);
        }

        known.Remove(id);
        store.Forget(id);
        running.Stop.Dispose();
    }
}
