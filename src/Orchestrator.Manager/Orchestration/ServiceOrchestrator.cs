using Microsoft.Extensions.Logging;
using Orchestrator.Manager.Loops;
using Orchestrator.Model;
using Orchestrator.Store;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.Orchestration;

/// <summary>Makes, replaces and gives up tasks so that every service is as its spec asks.</summary>
internal sealed class ServiceOrchestrator(
    ObjectStore store, OrchestratorOptions options, ManagerMetrics metrics, Func<TaskId> newId, TimeProvider time,
    ILogger<ServiceOrchestrator> logger)
    : ReconcileLoop(store, time, logger, ObjectKind.Service, ObjectKind.Task, ObjectKind.Node)
{
    private TaskTimes times = TaskTimes.None;

    // Step 4: a service without tasks gets them.
    protected override async Task<DateTimeOffset?> PassAsync(
        StoreRoot root, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var tasks = root.Tasks.All.Where(task => !task.IsAttachment).ToList();
        times = times.Observe(tasks, now);
        var cluster = new ClusterView(root.Nodes, times, now, options);
        var byService = tasks.ToLookup(task => task.ServiceId);
        DateTimeOffset? wake = null;
        foreach (var service in root.Services.All)
        {
            var plan = ServicePlanner.Plan(service, byService[service.Id], cluster, newId);
            await CommitAsync(service, plan, cancellationToken);
            wake = Earlier(wake, plan.Wake);
        }

        foreach (var gone in byService.Where(group => root.Services.Get(group.Key.Value) is null))
        {
            var forgotten = ServicePlanner.Forget(gone, now).ToList();
            await Store.UpdateEachAsync(forgotten, (tx, task) => tx.Tasks.UpdateIfUnchanged(task), cancellationToken);
        }

        return wake;
    }

    private async Task CommitAsync(Service service, ServicePlan plan, CancellationToken cancellationToken)
    {
        if (plan.IsEmpty)
            return;
        await Store.UpdateEachAsync(
            [.. plan.Changed, .. plan.Created],
            (tx, task) =>
            {
                // A service that has changed since is planned anew.
                if (tx.Services.Get(service.Id.Value)?.Meta.Version != service.Meta.Version)
                    return;
                if (task.Meta.Version == 0)
                    tx.Tasks.Create(task);
                else
                    tx.Tasks.UpdateIfUnchanged(task);
            },
            cancellationToken);
        if (plan.Service is { } changed)
            await Store.UpdateAsync(tx => tx.Services.UpdateIfUnchanged(changed), cancellationToken);
        Report(service, plan);
    }

    private void Report(Service service, ServicePlan plan)
    {
        metrics.Created.Add(plan.Created.Length);
        if (plan.Created.Length + plan.Changed.Length > 0)
            OrchestratorLog.Planned(logger, service.Spec.Name, plan.Created.Length, plan.Changed.Length);
        if (plan.Service?.UpdateStatus is { } status && status != service.UpdateStatus)
            OrchestratorLog.UpdateMoved(logger, service.Spec.Name, status.State, status.Message);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other ?? one : one;
}
