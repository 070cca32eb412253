using System.Collections.Immutable;
using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Allocation;

/// <summary>Gives each new network a subnet unless the user named one, and each overlay a VXLAN identifier.</summary>
internal static class NetworkAllocator
{
    /// <summary>Tried after the default pool, when a route of some node is in the way of all of it.</summary>
    private static readonly string[] Reserves = ["172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

    /// <summary>Networks that have none yet; those for which no subnet is left wait.</summary>
    public static IEnumerable<Network> Plan(StoreRoot root, AllocatorOptions options)
    {
        var cluster = root.Clusters.All.FirstOrDefault();
        var routes = RoutesOf(root.Nodes.All).ToList();
        var known = root.Networks.All.Where(n => n.Allocation is not null).ToList();
        foreach (var network in root.Networks.All.Where(n => n.Allocation is null).OrderBy(n => n.Meta.CreatedAt))
        {
            if (Allocate(network, known, cluster, routes, options) is not { } allocated)
                continue;
            allocated = WithEncryption(allocated, root.Nodes.All);
            known.Add(allocated);
            yield return allocated;
        }
    }

    /// <summary>A further subnet for each of those that are full, as long as there is one.</summary>
    /// <param name="planned">Allocated in this pass.</param>
    public static IEnumerable<Network> Grow(
        StoreRoot root, IEnumerable<Network> planned, IReadOnlySet<NetworkId> exhausted)
    {
        var taken = Taken(root, planned);
        foreach (var network in root.Networks.All.Where(n => exhausted.Contains(n.Id) && Grows(n)))
        {
            if (FreeSubnet(SpecOf(root), taken) is not { } subnet)
                yield break;
            taken.Add(subnet);
            var allocation = network.Allocation!; // Full: it has been allocated.
            yield return network with
            {
                Allocation = allocation with
                {
                    Pools = allocation.Pools.Add(WithGateway(new IpamPool(subnet.ToString()))),
                },
            };
        }
    }

    /// <summary>For one more network that names no subnet.</summary>
    public static bool HasRoom(StoreRoot root) => FreeSubnet(SpecOf(root), Taken(root, [])) is not null;

    private static List<Subnet> Taken(StoreRoot root, IEnumerable<Network> planned) =>
        [.. root.Networks.All.Concat(planned).SelectMany(SubnetsOf), .. RoutesOf(root.Nodes.All)];

    /// <summary>Whoever named a subnet meant that one and no other.</summary>
    public static bool Grows(Network network) => !network.Spec.IsSegment && network.Spec.Pools.All(pool => pool.Subnet.Length == 0 || pool.IsIPv6);

    /// <param name="routes">Of the nodes: what they reach there must not be hidden by a network of ours.</param>
    /// <returns>Null when no subnet is free.</returns>
    public static Network? Allocate(
        Network network, IReadOnlyCollection<Network> others, Cluster? cluster, IEnumerable<Subnet> routes,
        AllocatorOptions options)
    {
        var identifiers = others.Select(n => n.Allocation?.Vni ?? 0).ToHashSet();
        if (PoolsOf(network, cluster?.Spec ?? new(), [.. others.SelectMany(SubnetsOf), .. routes]) is not { } pools)
            return null;
        if (network.Spec.EnableIPv6)
        {
            if (IPv6Allocator.PoolOf(network, cluster, others) is not { } six)
                return null;
            pools = pools.Add(six);
        }

        // A segment of the world outside is in no tunnel.
        var vni = network.Spec.IsSegment ? 0 : FreeVni(network.Id, identifiers, options);
        return network with { Allocation = new NetworkAllocation(vni, pools) };
    }

    /// <summary>Chosen once, as the network is made: nodes that join later and cannot do it get no task of it.</summary>
    public static Network WithEncryption(Network network, IEnumerable<Node> nodes)
    {
        var features = nodes.Where(n => n.Status.State != NodeState.Down).Select(n => n.Description?.NetworkFeatures)
            .Where(f => f is { IsEmpty: false }).Select(f => f!); // Those that are not null.
        return network with
        {
            Allocation = network.Allocation! with // It has just been given.
            {
                // The option was checked as it was asked for.
                Encryption = NetworkEncryption.Choose(network.Spec.DriverOptions, features) ?? NetworkEncryption.Esp,
            },
        };
    }

    /// <summary>Spread over all there are, so that nobody takes packets for those of a network that is gone.</summary>
    private static int FreeVni(NetworkId id, HashSet<int> taken, AllocatorOptions options)
    {
        var count = 0x1000000 - options.FirstVni;
        var start = (uint)id.Value.Aggregate(17L, (hash, c) => ((hash * 31) + c) & uint.MaxValue) % (uint)count;
        return Enumerable.Range(0, count).Select(step => options.FirstVni + (int)((start + (uint)step) % (uint)count))
            .First(vni => !taken.Contains(vni));
    }

    /// <summary>What the nodes reach by routes of their own.</summary>
    public static IEnumerable<Subnet> RoutesOf(IEnumerable<Node> nodes) =>
        nodes.SelectMany(node => node.Description?.Routes ?? []).Select(Subnet.Parse).OfType<Subnet>().Distinct();

    /// <summary>Routes that lie in the cluster's address pools, and whose they are: what takes a pool's subnets
    /// beside networks.</summary>
    public static IEnumerable<(Node Node, string Route)> InTheWay(ClusterSpec cluster, IEnumerable<Node> nodes)
    {
        var pools = PoolsOf(cluster);
        return from node in nodes
               from route in node.Description?.Routes ?? []
               where Subnet.Parse(route) is { } routed && pools.Exists(routed.Overlaps)
               select (node, route);
    }

    /// <summary>The subnets that a network has, or that its spec asks for.</summary>
    public static IEnumerable<Subnet> SubnetsOf(Network network) =>
        (network.Allocation?.Pools ?? network.Spec.Pools).Select(pool => Subnet.Parse(pool.Subnet)).OfType<Subnet>();

    private static ImmutableArray<IpamPool>? PoolsOf(Network network, ClusterSpec cluster, List<Subnet> taken)
    {
        var asked = network.Spec.Pools.Where(pool => pool.Subnet.Length > 0 && !pool.IsIPv6).ToList();
        if (asked.Count > 0)
            return [.. asked.Select(pool => WithGateway(pool with { Subnet = $"{Subnet.Parse(pool.Subnet)}" }))];
        return FreeSubnet(cluster, taken) is { } subnet ? [WithGateway(new IpamPool(subnet.ToString()))] : null;
    }

    /// <summary>The first free piece of the cluster's address pools; null when they are used up.</summary>
    public static Subnet? FreeSubnet(ClusterSpec cluster, IReadOnlyCollection<Subnet> taken)
    {
        foreach (var pool in PoolsOf(cluster))
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

    private static List<Subnet> PoolsOf(ClusterSpec cluster) =>
        [.. (cluster.AddressPools.SequenceEqual(ClusterSpec.DefaultAddressPools)
            ? cluster.AddressPools.AddRange(Reserves) : cluster.AddressPools).Select(Subnet.Parse).OfType<Subnet>()];

    private static ClusterSpec SpecOf(StoreRoot root) => root.Clusters.All.FirstOrDefault()?.Spec ?? new ClusterSpec();

    private static IpamPool WithGateway(IpamPool pool) =>
        pool.Gateway.Length > 0 ? pool : pool with
        {
            Gateway = Subnet.Format(Subnet.Parse(pool.Subnet)!.Value.First + 1),
        };
}
