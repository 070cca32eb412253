using Microsoft.Extensions.Logging;
using Orchestrator.Manager.Loops;
using Orchestrator.Model;
using Orchestrator.Store;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Allocation;

/// <summary>Commits what the planner gives out.</summary>
internal sealed class Allocator(
    ObjectStore store, AllocationPlanner planner, TimeProvider time, ILogger<Allocator> logger)
    : ReconcileLoop(
        store, time, logger, ObjectKind.Cluster, ObjectKind.Network, ObjectKind.Service, ObjectKind.Task,
        ObjectKind.Node)
{
    private AllocatorMemory memory = AllocatorMemory.Empty;

    // Step 4: a new task gets its addresses.
    protected override async Task<DateTimeOffset?> PassAsync(
        StoreRoot root, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var plan = planner.Plan(root, memory, now);
        memory = plan.Memory;
        if (plan.IsEmpty)
            return plan.Wake;
        AllocatorLog.Allocated(logger, plan.Networks.Length, plan.Services.Length, plan.Tasks.Length);
        await Store.UpdateEachAsync(
            plan.Networks, (tx, network) => tx.Networks.UpdateIfUnchanged(network), cancellationToken);
        await Store.UpdateEachAsync(plan.Nodes, (tx, node) => tx.Nodes.UpdateIfUnchanged(node), cancellationToken);
        await Store.UpdateEachAsync(
            plan.Services, static (tx, service) => ServiceAllocator.Write(service, tx), cancellationToken);
        await Store.UpdateEachAsync(plan.Tasks, (tx, task) => tx.Tasks.UpdateIfUnchanged(task), cancellationToken);
        return plan.Wake;
    }
}
