using Microsoft.Extensions.Logging;
using Orchestrator.Store;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;
using Orchestrator.Store.Watching;

namespace Orchestrator.Manager.Loops;

/// <summary>
/// A level-triggered loop of the leader: looks at the whole state, makes it a little more as wanted, and waits until
/// something
/// it depends on has changed. What happens while a pass commits is seen by the next, so passes batch by themselves.
/// </summary>
internal abstract class ReconcileLoop(ObjectStore store, TimeProvider time, ILogger logger, params ObjectKind[] watched)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    protected ObjectStore Store { get; } = store;

    protected TimeProvider Time { get; } = time;

    /// <summary>One pass over a consistent state.</summary>
    /// <returns>When to pass again although nothing has changed; null: never.</returns>
    protected abstract Task<DateTimeOffset?> PassAsync(
        StoreRoot root, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Runs until cancelled, or until this manager no longer leads.</summary>
    /// <exception cref="NotLeaderException">The leadership is lost.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await FollowAsync(cancellationToken);
            }
            catch (CompactedException)
            {
                // Overrun by the writers: the next round begins from the state as it is.
            }
            catch (Exception e)
                when (e is LogBusyException or ContentionException or TooLargeException or NameConflictException)
            {
                LoopLog.PassFailed(logger, GetType().Name, e);
                await Task.Delay(RetryDelay, Time, cancellationToken);
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var (root, watcher) = Store.ViewAndWatch();
        while (true)
        {
            var wake = await PassAsync(root, Time.GetUtcNow(), cancellationToken);
            await WaitAsync(watcher, wake, cancellationToken);
            root = Store.View();
        }
    }

    private async Task WaitAsync(StoreWatcher watcher, DateTimeOffset? wake, CancellationToken cancellationToken)
    {
        using var timer = wake is { } moment
            ? new CancellationTokenSource(Until(moment), Time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            while (!IsRelevant(await watcher.NextAsync(either.Token)))
            {
            }
        }
        catch (OperationCanceledException)
            when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // It is time.
        }

        while (watcher.TryNext(out _))
        {
        }
    }

    // A moment gone by still lets the timer fire, and with it everything else that waits for a turn.
    private TimeSpan Until(DateTimeOffset moment)
    {
        var left = moment - Time.GetUtcNow();
        return left < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1)
            : left > TimeSpan.FromHours(1) ? TimeSpan.FromHours(1)
            : left;
    }

    private bool IsRelevant(CommitRecord record) => record.Changes.Any(change => watched.Contains(change.Kind));
}
