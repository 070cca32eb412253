using Microsoft.Extensions.Logging;
using Orchestrator.Model;

namespace Orchestrator.Agent.Tasks;

/// <summary>Keeps one runner for each task assigned to this node.</summary>
/// <remarks>Any thread. Reports come from the runners' loops.</remarks>
internal sealed class Worker(
    ITaskExecutor executor, AgentStore store, TimeProvider time, StatusReporter reporter, ILogger<Worker> logger)
{
    private readonly Lock gate = new();
    private readonly Dictionary<TaskId, Running> runners = [];
    private readonly Dictionary<TaskId, Task> endings = [];
    private readonly Dictionary<TaskId, TaskStatus> known = store.LoadStatuses();

    /// <summary>Runners live as long as the agent, not as long as the session that brought their task.</summary>
    private readonly CancellationTokenSource lifetime = new();

    private sealed record Running(TaskRunner Runner, Task Loop, CancellationTokenSource Stop);

    /// <summary>Starts, updates and ends runners so that they match what is wanted.</summary>
    /// <remarks>Waits for nothing: what there is to know of networks is not to wait for a container that goes.</remarks>
    public void Reconcile(IEnumerable<OrchTask> tasks)
    {
        lock (gate)
        {
            var wanted = tasks.ToDictionary(t => t.Id);
            foreach (var id in endings.Where(e => e.Value.IsCompleted).Select(e => e.Key).ToList())
                endings.Remove(id);
            foreach (var task in wanted.Values)
            {
                if (runners.TryGetValue(task.Id, out var running))
                    running.Runner.Update(task);
                else
                    Begin(task);
            }

            foreach (var id in runners.Keys.Where(id => !wanted.ContainsKey(id)).ToList())
            {
                runners.Remove(id, out var running);
                known.Remove(id);
                endings[id] = EndAsync(id, running!); // It was there.
            }

            // Tasks that ended and were forgotten by the managers while this daemon was down.
            foreach (var id in known.Keys.Where(id => !wanted.ContainsKey(id)).ToList())
            {
                known.Remove(id);
                store.Forget(id);
            }
        }
    }

    /// <summary>Says everything again, to a dispatcher that may have missed it.</summary>
    public void ReportAll()
    {
        lock (gate)
        {
            foreach (var running in runners.Values)
                reporter.Add(running.Runner.Task.Id, running.Runner.Status);
        }
    }

    public async Task StopAsync()
    {
        await lifetime.CancelAsync().ConfigureAwait(false);
        Task[] left;
        lock (gate)
            left = [.. runners.Values.Select(r => r.Loop), .. endings.Values];
        await Task.WhenAll(left).ConfigureAwait(false);
    }

    private void Begin(OrchTask task)
    {
        var status = known.TryGetValue(task.Id, out var own) && own.State >= task.Status.State ? own : task.Status;
        if (own is not null)
            reporter.Add(task.Id, own); // The daemon before this one may not have come to say it.
        var runner = new TaskRunner(task, status, executor, time, Report);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(lifetime.Token);
        var earlier = endings.GetValueOrDefault(task.Id) ?? Task.CompletedTask;
        runners[task.Id] = new(runner, RunAsync(runner, earlier, stop.Token), stop);
    }

    private async Task RunAsync(TaskRunner runner, Task earlier, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            await earlier.ConfigureAwait(false);
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

    private async Task EndAsync(TaskId id, Running running)
    {
        await Task.Yield();
        await running.Stop.CancelAsync().ConfigureAwait(false);
        await running.Loop.ConfigureAwait(false);
        try
        {
            await executor.RemoveAsync(running.Runner.Task, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.RemoveFailed(running.Runner.Task.Name, e);
        }

        store.Forget(id);
        running.Stop.Dispose();
    }
}
