using Microsoft.Extensions.Logging;
using Orchestrator.Manager.Loops;
using Orchestrator.Store;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Reaping;

/// <summary>Forgets tasks that have ended and are of no more use.</summary>
internal sealed class Reaper(ObjectStore store, ReapingPlanner planner, TimeProvider time, ILogger<Reaper> logger)
    : ReconcileLoop(store, time, logger, ObjectKind.Task, ObjectKind.Node, ObjectKind.Cluster)
{
    protected override async Task<DateTimeOffset?> PassAsync(
        StoreRoot root, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var plan = planner.Plan(root, now);
        if (plan.Forgotten.Length + plan.Orphaned.Length > 0)
            ReaperLog.Reaped(logger, plan.Forgotten.Length, plan.Orphaned.Length);
        await Store.UpdateEachAsync(
            plan.Orphaned, (tx, task) => tx.Tasks.UpdateIfUnchanged(task), cancellationToken);
        await Store.UpdateEachAsync(
            plan.Forgotten,
            (tx, task) =>
            {
                if (tx.Tasks.Get(task.Id.Value)?.Meta.Version == task.Meta.Version)
                    tx.Tasks.Delete(task.Id.Value);
            },
            cancellationToken);
        return plan.Wake;
    }
}
