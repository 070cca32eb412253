using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Allocation;

/// <summary>
/// Gives networks their subnets, services their ports and virtual addresses, nodes and tasks their addresses. Pure:
/// what is taken
/// is read from the state, so nothing can leak. A pass uses only what earlier passes have committed.
/// </summary>
internal sealed class AllocationPlanner(AllocatorOptions options)
{
    public AllocationPlan Plan(StoreRoot root, AllocatorMemory memory, DateTimeOffset now)
    {
        var next = memory.Advance([.. AddressesInUse.Of(root)], now, options.AddressHold);
        var spaces = new AddressSpaces(root, next);
        var networks = NetworkAllocator.Plan(root, options).ToList();
        var nodes = PlanNodes(root, spaces).ToList();
        var services = new ServiceAllocator(root, spaces, options).Plan().ToList();
        var tasks = PlanTasks(root, spaces, services, now).ToList();
        networks.AddRange(NetworkAllocator.Grow(root, networks, spaces.Exhausted));
        return new([.. networks], [.. nodes], [.. services], [.. tasks], next with
        {
            Last = spaces.Last,
        }, WakeOf(next, spaces));
    }

    private static IEnumerable<Node> PlanNodes(StoreRoot root, AddressSpaces spaces)
    {
        if (root.Networks.All.FirstOrDefault(n => n.Spec.Ingress) is not { } ingress
            || spaces.Of(ingress.Id) is not { } space)
            yield break;
        foreach (var node in root.Nodes.All.Where(node => !space.Owns(node.IngressAddress)))
        {
            if (spaces.Next(ingress.Id) is { } address)
                yield return node with { IngressAddress = address };
        }
    }

    private static IEnumerable<OrchTask> PlanTasks(
        StoreRoot root, AddressSpaces spaces, List<Service> services, DateTimeOffset now)
    {
        var waiting = root.Tasks.All
            .Where(task => task.Status.State == TaskState.New && task.DesiredState <= TaskState.Running)
            .OrderBy(task => task.Meta.CreatedAt).ThenBy(task => task.Slot).ThenBy(task => task.Id);
        var pending = services.Select(service => service.Id).ToHashSet();
        foreach (var task in waiting)
        {
            var service = root.Services.Get(task.ServiceId.Value);
            if (!task.IsAttachment && (service is null || pending.Contains(service.Id)))
                continue;
            var planned = TaskAllocator.Plan(task, service, root, spaces, now);
            if (!ReferenceEquals(planned, task))
                yield return planned;
        }
    }

    private static DateTimeOffset? WakeOf(AllocatorMemory memory, AddressSpaces spaces) =>
        spaces.Exhausted.Count > 0 && memory.Held.Count > 0 ? memory.Held.Values.Min() : null;
}
