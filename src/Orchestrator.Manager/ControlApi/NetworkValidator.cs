using Orchestrator.Manager.Allocation;
using Orchestrator.Model;

namespace Orchestrator.Manager.ControlApi;

/// <summary>Whether a network can be made as asked. Pure.</summary>
internal static class NetworkValidator
{
    /// <exception cref="UserException">It cannot.</exception>
    public static void Validate(NetworkSpec spec, IReadOnlyCollection<Network> others)
    {
        Names.Validate(spec.Name, "network");
        if (spec.Driver is not ("" or "overlay"))
        {
            throw new UserException(
                ErrorCode.Unsupported, $"network driver {spec.Driver} cannot be used for the whole swarm",
                "Use --driver overlay.");
        }

        if (spec.Ingress && others.FirstOrDefault(n => n.Spec.Ingress) is { } ingress)
            throw UserErrors.Invalid(
                $"ingress network ({ingress.Id}) is already present", "There is one ingress network in a swarm.");
        foreach (var pool in spec.Pools.Where(pool => pool.Subnet.Length > 0))
            ValidatePool(pool, others, spec.Ingress);
    }

    private static void ValidatePool(IpamPool pool, IReadOnlyCollection<Network> others, bool ingress)
    {
        if (Subnet.Parse(pool.Subnet) is not { } subnet || subnet.Length > 29)
            throw UserErrors.Invalid(
                $"invalid subnet {pool.Subnet}", "Give an IPv4 subnet of length /29 or shorter, such as 10.1.2.0/24.");
        if (pool.Gateway.Length > 0
            && (Subnet.ParseAddress(pool.Gateway) is not { } gateway || !subnet.Contains(gateway)))
            throw UserErrors.Invalid($"invalid gateway {pool.Gateway}: it is not in subnet {pool.Subnet}");
        if (pool.Range.Length > 0 && (Subnet.Parse(pool.Range) is not { } range
            || !subnet.Contains(range.First) || !subnet.Contains(range.Last)))
            throw UserErrors.Invalid($"invalid ip-range {pool.Range}: it is not in subnet {pool.Subnet}");
        // Each overlay is a world of its own; only ingress is one that containers of the others are on as well.
        if (others.FirstOrDefault(
            other => (ingress || other.Spec.Ingress) && NetworkAllocator.SubnetsOf(other).Any(subnet.Overlaps)) is { } taken)
        {
            throw UserErrors.Invalid(
                "invalid pool request: Pool overlaps with other one on this address space",
                $"{pool.Subnet} overlaps with network {taken.Spec.Name}; choose another subnet.");
        }
    }
}
