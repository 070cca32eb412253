namespace Orchestrator.Agent;

/// <summary>Makes the newest wish so, again and again; one that was overtaken while another was under way is left out.
/// </summary>
/// <remarks>Whoever asks does not wait for those before him: wishes that come faster than they are made so would pile up,
/// and each be made so when it is an old one.</remarks>
/// <param name="reconcile">Makes so what is wanted as it begins.</param>
/// <param name="failed">Told of a round that failed; another follows by itself.</param>
internal sealed class ReconcileLoop(
    Func<CancellationToken, Task> reconcile, Action<Exception> failed, TimeProvider time)
{
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim asked = new(0, 1);
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Something else is wanted now.</summary>
    /// <returns>Completes when a round that began after this call is over.</returns>
    public Task Ask()
    {
        lock (gate)
        {
            if (asked.CurrentCount == 0)
                asked.Release();
            return next.Task;
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await asked.WaitAsync(cancellationToken).ConfigureAwait(false);
            var round = Begin();
            try
            {
                await reconcile(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                failed(e);
                await Task.Delay(RetryAfter, time, cancellationToken).ConfigureAwait(false);
                _ = Ask();
            }

            round.SetResult();
        }
    }

    private TaskCompletionSource Begin()
    {
        lock (gate)
        {
            var round = next;
            next = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return round;
        }
    }
}
