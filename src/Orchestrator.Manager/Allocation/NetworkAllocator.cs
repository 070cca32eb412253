using System.Collections.Immutable;
using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Allocation;

/// <summary>Gives each new network a VXLAN identifier and, unless the user named one, a subnet.</summary>
internal static class NetworkAllocator
{
    /// <summary>Networks that have none yet; those for which no subnet is left wait.</summary>
    public static IEnumerable<Network> Plan(StoreRoot root, AllocatorOptions options)
    {
        var cluster = root.Clusters.All.FirstOrDefault()?.Spec ?? new ClusterSpec();
        var known = root.Networks.All.Where(n => n.Allocation is not null).ToList();
        foreach (var network in root.Networks.All.Where(n => n.Allocation is null).OrderBy(n => n.Meta.CreatedAt))
        {
            if (Allocate(network, known, cluster, options) is not { } allocated)
                continue;
            known.Add(allocated);
            yield return allocated;
        }
    }

    /// <returns>Null when no subnet is free.</returns>
    public static Network? Allocate(
        Network network, IReadOnlyCollection<Network> others, ClusterSpec cluster, AllocatorOptions options)
    {
        var highest = others.Select(n => n.Allocation?.Vni ?? 0).DefaultIfEmpty(0).Max();
        return PoolsOf(network, cluster, [.. others.SelectMany(SubnetsOf)]) is { } pools
            ? network with { Allocation = new NetworkAllocation(Math.Max(options.FirstVni, highest + 1), pools) }
            : null;
    }

    /// <summary>The subnets that a network has, or that its spec asks for.</summary>
    public static IEnumerable<Subnet> SubnetsOf(Network network) =>
        (network.Allocation?.Pools ?? network.Spec.Pools).Select(pool => Subnet.Parse(pool.Subnet)).OfType<Subnet>();

    private static ImmutableArray<IpamPool>? PoolsOf(Network network, ClusterSpec cluster, List<Subnet> taken)
    {
        if (network.Spec.Pools.Any(pool => pool.Subnet.Length > 0))
            return [.. network.Spec.Pools.Where(pool => pool.Subnet.Length > 0).Select(WithGateway)];
        return FreeSubnet(cluster, taken) is { } subnet ? [WithGateway(new IpamPool(subnet.ToString()))] : null;
    }

    /// <summary>The first free piece of the cluster's address pools; null when they are used up.</summary>
    public static Subnet? FreeSubnet(ClusterSpec cluster, IReadOnlyCollection<Subnet> taken)
    {
        foreach (var pool in cluster.AddressPools.Select(Subnet.Parse).OfType<Subnet>())
        {
            var candidate = new Subnet(pool.First, Math.Max(cluster.SubnetLength, pool.Length));
            for (ulong first = pool.First; first <= pool.Last; first += candidate.Size)
            {
                candidate = candidate with { First = (uint)first };
                if (!taken.Any(candidate.Overlaps))
                    return candidate;
            }
        }

        return null;
    }

    private static IpamPool WithGateway(IpamPool pool) =>
        pool.Gateway.Length > 0 ? pool : pool with
        {
            Gateway = Subnet.Format(Subnet.Parse(pool.Subnet)!.Value.First + 1),
        };
}
