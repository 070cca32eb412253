using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orchestrator.Manager.Loops;
using Orchestrator.Manager.Scheduling.Filters;
using Orchestrator.Model;
using Orchestrator.Store;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.Scheduling;

/// <summary>Gives waiting tasks their nodes.</summary>
internal sealed class Scheduler(
    ObjectStore store, SchedulingPlanner planner, ManagerMetrics metrics, TimeProvider time, ILogger<Scheduler> logger)
    : ReconcileLoop(store, time, logger, ObjectKind.Task, ObjectKind.Node)
{
    // Step 4: a pending task gets its node.
    protected override async Task<DateTimeOffset?> PassAsync(
        StoreRoot root, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var plan = planner.Plan(root, now);
        await Store.UpdateEachAsync(plan.Changed, Write, cancellationToken);

        metrics.SchedulerPass.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
        metrics.Scheduled.Add(plan.Changed.Count(task => task.Status.State == TaskState.Assigned));
        metrics.Unplaced.Record(plan.Unplaced);
        if (plan.Unplaced > 0)
            SchedulerLog.Unplaced(logger, plan.Unplaced);
        return null;
    }

    private static void Write(Transaction tx, OrchTask task)
    {
        // The node may have gone or been drained since the view was taken.
        var node = task.Status.State == TaskState.Assigned ? tx.Nodes.Get(task.NodeId.Value) : null;
        if (task.Status.State < TaskState.Assigned || (node is not null && ReadyFilter.Takes(node, task)))
            tx.Tasks.UpdateIfUnchanged(task);
    }
}
