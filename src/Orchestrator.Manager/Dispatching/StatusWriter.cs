using Orchestrator.Manager.Loops;
using Orchestrator.Model;
using Orchestrator.Store;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.Dispatching;

/// <summary>Writes what nodes report of their tasks.</summary>
internal sealed class StatusWriter(ObjectStore store, ManagerMetrics metrics) : BatchWriter<StatusWriter.Report>(store)
{
    internal sealed record Report(NodeId Node, IReadOnlyList<(TaskId Task, TaskStatus Status)> Updates);

    /// <summary>Completes once the report is committed.</summary>
    public Task WriteAsync(
        NodeId node, IReadOnlyList<(TaskId Task, TaskStatus Status)> updates, CancellationToken cancellationToken) =>
        WriteAsync(new Report(node, updates), cancellationToken);

    protected override async Task WriteBatchAsync(IReadOnlyList<Report> batch, CancellationToken cancellationToken)
    {
        var updates = batch.SelectMany(
            report => report.Updates.Select(u => (report.Node, u.Task, u.Status))).ToList();
        metrics.Statuses.Add(updates.Count);
        await Store.UpdateEachAsync(updates, Apply, cancellationToken);
    }

    // Step 9: the cluster hears that it runs.
    private static void Apply(Transaction tx, (NodeId Node, TaskId Task, TaskStatus Status) update)
    {
        if (TaskStatusRule.Merge(tx.Tasks.Get(update.Task.Value), update.Node, update.Status) is { } next)
            tx.Tasks.Update(next);
    }
}
