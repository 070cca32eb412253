namespace Orchestrator.Engine;

/// <summary>
/// Work that outlives the call that began it. The owner stops it all and waits; nothing is fired and forgotten.
/// </summary>
internal sealed class BackgroundTasks : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly HashSet<Task> running = [];
    private readonly Lock gate = new();
    private bool isDisposed;

    public CancellationToken Stopping => stopping.Token;

    /// <param name="work">Ends soon after its token is cancelled and handles its own failures.</param>
    public void Run(Func<CancellationToken, Task> work)
    {
        var task = Task.Run(() => work(stopping.Token), CancellationToken.None);
        lock (gate)
            running.Add(task);
        _ = task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    public async ValueTask DisposeAsync()
    {
        Task[] left;
        lock (gate)
        {
            if (isDisposed)
                return;
            isDisposed = true;
        }

        await stopping.CancelAsync();
        lock (gate)
            left = [.. running];
        await Task.WhenAll(left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private void Forget(Task task)
    {
        lock (gate)
            running.Remove(task);
    }
}
