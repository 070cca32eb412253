using System.Collections.Immutable;
using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Allocation;

/// <summary>Gives a new task its addresses, after which it waits for a node.</summary>
internal static class TaskAllocator
{
    /// <returns>The task allocated and pending, or with an explanation, or as it was when that explanation stands
    /// already.</returns>
    public static OrchTask Plan(
        OrchTask task, Service service, StoreRoot root, AddressSpaces spaces, DateTimeOffset now)
    {
        if (!ServiceAllocator.IsAllocated(service, root))
            return Explained(task, Obstacle(service, root, spaces), now);
        var networks = ServiceAllocator.NetworksOf(service, root);
        if (networks.FirstOrDefault(id => spaces.Of(id) is null) is { Value: not null } missing)
            return Explained(task, $"network {NameOf(root, missing)} has no subnet yet", now);
        var attached = ImmutableArray.CreateBuilder<TaskNetwork>();
        foreach (var network in networks)
        {
            if (spaces.Next(network) is not { } address)
                return Explained(task, spaces.Of(network)!.Exhausted, now);
            var aliases = task.Spec.Networks.FirstOrDefault(n => n.Target == network.Value)?.Aliases ?? [];
            attached.Add(new TaskNetwork(network, [address], aliases));
        }

        return task with
        {
            Networks = attached.ToImmutable(),
            Endpoint = service.Endpoint,
            Status = task.Status with
            {
                State = TaskState.Pending, Message = "pending task scheduling", Error = "", Timestamp = now,
            },
        };
    }

    private static string Obstacle(Service service, StoreRoot root, AddressSpaces spaces)
    {
        foreach (var network in ServiceAllocator.NetworksOf(service, root))
        {
            if (spaces.Of(network) is not { } space)
                return $"network {NameOf(root, network)} has no subnet yet";
            if (service.Endpoint?.VirtualIps.Any(vip => vip.NetworkId == network) != true && spaces.Exhausted.Contains(network))
                return space.Exhausted;
        }

        return "no port is free to publish";
    }

    private static string NameOf(StoreRoot root, NetworkId id) => root.Networks.Get(id.Value)?.Spec.Name ?? id.Value;

    private static OrchTask Explained(OrchTask task, string explanation, DateTimeOffset now) =>
        task.Status.Error == explanation
            ? task
            : task with
            {
                Status = task.Status with { Message = "pending allocation", Error = explanation, Timestamp = now },
            };
}
