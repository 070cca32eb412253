using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using Status = Orchestrator.Engine.Containers.ContainerStatus;

namespace Orchestrator.Engine.Running;

/// <summary>Changes limits and restart policy of a container, now if it runs and at each later start.</summary>
internal sealed class ContainerUpdater(ContainerStore store, ContainerEvents events, KernelSupport kernel)
{
    /// <param name="change">What is zero, null or empty stays.</param>
    /// <param name="policy">Null: it stays.</param>
    /// <returns>A warning for each limit this kernel cannot keep.</returns>
    /// <exception cref="EngineException">Nothing is written down; of several limits the kernel may have taken some.
    /// </exception>
    public async Task<IReadOnlyList<string>> UpdateAsync(
        ContainerEntry entry, ResourceSpec change, RestartPolicy? policy, CancellationToken cancellationToken)
    {
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        var record = entry.Record;
        if (entry.IsRemoved || record.State.Status is Status.Removing or Status.Dead)
            throw EngineException.Conflict(
                $"Cannot update container {record.Id}: Container is marked for removal and cannot be \"update\".");
        var host = record.Spec.Host;
        if (policy is not null)
            CheckPolicy(host, policy);
        var (usable, warnings) = ResourceCheck.Check(change, kernel, update: true);
        var merged = ResourceUpdate.Merge(host.Resources, usable);
        ResourceCheck.Check(merged, kernel, update: true);
        if (entry.Run is { } run)
            await ApplyAsync(record, run, Difference(merged, usable), cancellationToken);

        var next = record.Spec with
        {
            Host = host with { Resources = merged, RestartPolicy = policy ?? host.RestartPolicy },
        };
        store.Save(record with { Spec = next });
        entry.Set(entry.Record with { Spec = next });
        events.Publish(entry.Record, "update");
        return warnings;
    }

    private static void CheckPolicy(HostSpec host, RestartPolicy policy)
    {
        RestartPolicyCheck.Check(policy);
        if (host.AutoRemove && policy.Condition != RestartCondition.No)
            throw EngineException.Conflict(
                "Restart policy cannot be updated because AutoRemove is enabled for the container");
    }

    /// <summary>Only what was asked for, with the half of a pair that was left unsaid.</summary>
    private static ResourcesSpec Difference(ResourceSpec merged, ResourceSpec change)
    {
        var touchesMemory = change.MemoryBytes != 0 || change.MemorySwapBytes != 0;
        var touchesQuota = change.NanoCpus != 0 || change.CpuQuotaMicroseconds != 0
            || change.CpuPeriodMicroseconds != 0;
        return ResourceLimits.Of(
            change with
            {
                MemoryBytes = touchesMemory ? merged.MemoryBytes : 0,
                MemorySwapBytes = touchesMemory ? merged.MemorySwapBytes : 0,
                CpuPeriodMicroseconds = touchesQuota ? merged.CpuPeriodMicroseconds : 0,
                CpuQuotaMicroseconds = touchesQuota ? merged.CpuQuotaMicroseconds : 0,
            },
            BlockLimits.Of(change));
    }

    private static async Task ApplyAsync(
        ContainerRecord record, IContainerRun run, ResourcesSpec limits, CancellationToken cancellationToken)
    {
        if (limits == new ResourcesSpec())
            return;
        try
        {
            await run.UpdateAsync(limits, cancellationToken);
        }
        catch (ShimException e)
        {
            throw new EngineException(
                EngineError.Internal, $"Cannot update container {record.Id}: {e.Message}", e);
        }
    }
}
