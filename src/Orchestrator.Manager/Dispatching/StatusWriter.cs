using System.Threading.Channels;
using Orchestrator.Manager.Loops;
using Orchestrator.Model;
using Orchestrator.Store;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.Dispatching;

/// <summary>
/// Writes what nodes report: everything that came in while one transaction was committing goes into the next.
/// </summary>
internal sealed class StatusWriter(ObjectStore store, ManagerMetrics metrics)
{
    private const int Waiting = 10_000;

    private readonly Channel<Report> reports = Channel.CreateBounded<Report>(Waiting);

    private sealed record Report(
        NodeId Node, IReadOnlyList<(TaskId Task, TaskStatus Status)> Updates, TaskCompletionSource Done);

    /// <summary>Completes once the report is committed.</summary>
    public async Task WriteAsync(
        NodeId node, IReadOnlyList<(TaskId Task, TaskStatus Status)> updates, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await reports.Writer.WriteAsync(new Report(node, updates, done), cancellationToken);
        await done.Task.WaitAsync(cancellationToken);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await reports.Reader.WaitToReadAsync(cancellationToken))
                await CommitAsync(TakeAll(), cancellationToken);
        }
        finally
        {
            reports.Writer.TryComplete();
            foreach (var report in TakeAll())
                report.Done.TrySetException(new NotLeaderException(store.Log.Status.Leader));
        }
    }

    private List<Report> TakeAll()
    {
        var taken = new List<Report>();
        while (reports.Reader.TryRead(out var report))
            taken.Add(report);
        return taken;
    }

    private async Task CommitAsync(List<Report> batch, CancellationToken cancellationToken)
    {
        try
        {
            var updates = batch.SelectMany(
                report => report.Updates.Select(u => (report.Node, u.Task, u.Status))).ToList();
            metrics.Statuses.Add(updates.Count);
            await store.UpdateEachAsync(updates, Apply, cancellationToken);
            batch.ForEach(report => report.Done.TrySetResult());
        }
#pragma warning disable CA1031 // Goes to each of those that wait; the node reports again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            batch.ForEach(report => report.Done.TrySetException(e));
            cancellationToken.ThrowIfCancellationRequested();
            if (e is NotLeaderException)
                throw;
        }
    }

    // Step 9: the cluster hears that it runs.
    private static void Apply(Transaction tx, (NodeId Node, TaskId Task, TaskStatus Status) update)
    {
        if (TaskStatusRule.Merge(tx.Tasks.Get(update.Task.Value), update.Node, update.Status) is { } next)
            tx.Tasks.Update(next);
    }
}
