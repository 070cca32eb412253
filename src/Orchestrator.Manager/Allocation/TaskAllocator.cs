using System.Collections.Immutable;
using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Allocation;

/// <summary>Gives a new task its addresses, after which it waits for a node.</summary>
internal static class TaskAllocator
{
    /// <param name="service">Whose task it is; null: that of a container of its node.</param>
    /// <returns>The task allocated and pending, or with an explanation, or as it was when that explanation stands
    /// already.</returns>
    public static OrchTask Plan(
        OrchTask task, Service? service, StoreRoot root, AddressSpaces spaces, DateTimeOffset now)
    {
        if (service is not null && !ServiceAllocator.IsAllocated(service, root))
            return Explained(task, Obstacle(service, root, spaces), now);
        var networks = service is null
            ? [.. task.Spec.Networks.Select(asked => new NetworkId(asked.Target))] : ServiceAllocator.NetworksOf(service, root);
        if (networks.FirstOrDefault(id => spaces.Of(id) is null) is { Value: not null } missing)
            return Explained(task, $"network {NameOf(root, missing)} has no subnet yet", now);
        var attached = ImmutableArray.CreateBuilder<TaskNetwork>();
        foreach (var network in networks)
        {
            var attachment = task.Spec.Networks.FirstOrDefault(n => n.Target == network.Value);
            if (AddressFor(task, attachment, network, spaces, out var fault) is not { } address)
                return Explained(task, fault, now);
            var paired = root.Networks.Get(network.Value)?.Allocation?.PairedCidr(address);
            var asked = attachment ?? new NetworkAttachment(network.Value, []);
            attached.Add(new TaskNetwork(network, paired is null ? [address] : [address, paired], asked.Aliases)
            {
                Options = asked.Options,
            });
        }

        return task with
        {
            Networks = attached.ToImmutable(),
            Endpoint = service?.Endpoint,
            Status = task.Status with
            {
                State = TaskState.Pending, Message = "pending task scheduling", Error = "", Timestamp = now,
            },
        };
    }

    private static string? AddressFor(
        OrchTask task, NetworkAttachment? attachment, NetworkId network, AddressSpaces spaces, out string fault)
    {
        var space = spaces.Of(network)!; // The caller has looked.
        fault = space.Exhausted;
        // Whoever took it meanwhile, another does as well.
        if (attachment is not { Addresses.Length: > 0 })
            return FormerOf(task, space) ?? spaces.Next(network);
        if (AddressRange.Parse(attachment.Addresses)?.At(Math.Max(1, task.Slot)) is not { } asked)
        {
            fault = $"network {space.Name} has no address for slot {task.Slot} in {attachment.Addresses}; widen that range";
            return null;
        }

        fault = $"address {asked} of network {space.Name} is taken; it is given once nobody has it";
        return space.Claim(asked.ToString());
    }

    /// <summary>What the container had before; one that rests goes to who had it.</summary>
    private static string? FormerOf(OrchTask task, AddressSpace space) =>
        task.Spec.Attached is { FormerAddress: { Length: > 0 } former } ? space.Claim(former) : null;

    private static string Obstacle(Service service, StoreRoot root, AddressSpaces spaces)
    {
        foreach (var network in ServiceAllocator.NetworksOf(service, root))
        {
            if (spaces.Of(network) is not { } space)
                return $"network {NameOf(root, network)} has no subnet yet";
            if (ServiceAllocator.VirtualIpAskedFor(service, network) is { Length: > 0 } asked && spaces.Of(network)!.IsTaken(asked))
                return $"virtual address {asked} of network {space.Name} is taken; it is given once nobody has it";
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
