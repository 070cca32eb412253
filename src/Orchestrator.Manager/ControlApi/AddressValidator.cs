using System.Net;
using Orchestrator.Manager.Allocation;
using Orchestrator.Model;

namespace Orchestrator.Manager.ControlApi;

/// <summary>Whether a service can have the addresses that it asks for. Pure.</summary>
internal static class AddressValidator
{
    /// <exception cref="UserException">It cannot.</exception>
    public static void Validate(NetworkAttachment attachment, Network network, ServiceSpec spec)
    {
        if (attachment.VirtualIp.Length > 0)
        {
            if (spec.Endpoint.Mode != EndpointMode.Vip)
                throw UserErrors.Invalid(
                    $"a service without virtual addresses cannot have {attachment.VirtualIp}", "Leave out --endpoint-mode dnsrr.");
            if (network.Spec.IsSegment)
                throw UserErrors.Invalid(
                    $"network {network.Spec.Name} of driver {network.Spec.Driver} has no virtual addresses, so none is "
                    + attachment.VirtualIp, "Leave out vip=: names answer the tasks' own addresses there.");
            Within(attachment.VirtualIp, network);
        }

        if (attachment.Addresses.Length > 0)
            ValidateRange(attachment.Addresses, network, spec);
    }

    private static void ValidateRange(string text, Network network, ServiceSpec spec)
    {
        if (AddressRange.Parse(text) is not { } range)
            throw UserErrors.Invalid($"invalid address {text}", "Write ip=10.0.9.10, or ip=10.0.9.10-10.0.9.12 for replicas.");
        Within(range.At(1)!.ToString(), network);
        Within(range.At(range.Count)!.ToString(), network);
        if (spec.Mode is not ServiceMode.Replicated { Replicas: var replicas })
            throw UserErrors.Invalid(
                $"a global service cannot have the address {text}: its tasks have no slots", "Use mode replicated.");
        if (replicas > range.Count)
            throw UserErrors.Invalid(
                $"{text} has {range.Count} address{(range.Count == 1 ? "" : "es")} for {replicas} replicas", "Give a wider range.");
        if (spec.Update?.Order == UpdateOrder.StartFirst || spec.Rollback?.Order == UpdateOrder.StartFirst)
            throw UserErrors.Invalid(
                $"{text} is a fixed address, which an old and a new task would both have for a while", "Update with stop-first.");
    }

    /// <exception cref="UserException">It is no address that a network has to give.</exception>
    public static void Within(string text, Network network)
    {
        var subnets = NetworkAllocator.SubnetsOf(network).ToList();
        if (!IPAddress.TryParse(text, out var address) || Subnet.ParseAddress(text) is not { } number
            || !subnets.Exists(subnet => subnet.Contains(number)))
            throw UserErrors.Invalid(
                $"{text} is no address of network {network.Spec.Name}", $"It has {string.Join(", ", subnets)}.");
        var gateways = network.Allocation?.Pools.Select(pool => pool.Gateway) ?? [];
        var taken = network.Allocation?.Pools.SelectMany(pool => pool.Auxiliary.Values) ?? [];
        if (gateways.Concat(taken).Contains(address.ToString()) || subnets.Exists(subnet => number == subnet.First || number == subnet.Last))
            throw UserErrors.Invalid($"{text} is reserved in network {network.Spec.Name}", "Choose another.");
    }
}
