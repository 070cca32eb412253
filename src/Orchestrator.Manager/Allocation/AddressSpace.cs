using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.Manager.Allocation;

/// <summary>The addresses of one network during one pass: those of all its pools, one after the other.</summary>
internal sealed class AddressSpace
{
    private readonly HashSet<uint> taken = [];
    private readonly HashSet<uint> resting = [];
    private readonly ImmutableArray<AddressPool> pools;
    private readonly ulong size;
    private readonly bool grows;
    private uint last;

    /// <param name="network">Allocated.</param>
    /// <param name="last">The address given last; the next is looked for after it, so that one just released rests
    /// longest. Null: the first of all comes next.</param>
    public AddressSpace(Network network, uint? last)
    {
        pools = [.. network.Allocation!.Pools.Select(AddressPool.From).OfType<AddressPool>()];
        size = pools.Aggregate(0ul, (sum, pool) => sum + pool.Range.Size);
        grows = NetworkAllocator.Grows(network);
        Name = network.Spec.Name;
        this.last = last is { } given && pools.Any(pool => pool.Range.Contains(given)) ? given : pools[^1].Range.Last;
        foreach (var pool in pools)
            taken.UnionWith([pool.Subnet.First, pool.Subnet.Last, pool.Gateway ?? pool.Subnet.First]);
        taken.UnionWith(network.Allocation.Pools.SelectMany(pool => pool.Auxiliary.Values).Select(Subnet.ParseAddress).OfType<uint>());
    }

    public string Name { get; }

    /// <summary>The address given last.</summary>
    public uint Last => last;

    public void Take(uint address) => taken.Add(address);

    public bool IsTaken(string address) => Subnet.ParseAddress(address) is { } asked && taken.Contains(asked);

    /// <summary>One just released, which only goes to who asks for it by name.</summary>
    public void Rest(uint address) => resting.Add(address);

    public bool Owns(string address) =>
        Subnet.ParseAddress(address) is { } parsed && pools.Any(pool => pool.Subnet.Contains(parsed));

    /// <summary>The next free address with its prefix length, or null when all are taken.</summary>
    public string? Next()
    {
        var position = PositionOf(last);
        for (var step = 1ul; step <= size; step++)
        {
            var (pool, candidate) = At((position + step) % size);
            if (resting.Contains(candidate) || !taken.Add(candidate))
                continue;
            last = candidate;
            return pool.Subnet.With(candidate);
        }

        return null;
    }

    /// <summary>The address that was asked for with its prefix length, or null when somebody has it.</summary>
    public string? Claim(string address) =>
        Subnet.ParseAddress(address) is { } asked && pools.FirstOrDefault(pool => pool.Subnet.Contains(asked)) is { } pool
        && taken.Add(asked) ? pool.Subnet.With(asked) : null;

    /// <summary>For the user, that there is none left, and what to do.</summary>
    public string Exhausted => $"network {Name} has no free address in {string.Join(", ", pools.Select(p => p.Range))}; "
        + (grows ? "the address pools of the cluster are used up: remove networks" : "use a network with a larger subnet");

    private ulong PositionOf(uint address)
    {
        var before = 0ul;
        foreach (var range in pools.Select(pool => pool.Range))
        {
            if (range.Contains(address))
                return before + (address - range.First);
            before += range.Size;
        }

        return 0;
    }

    private (AddressPool Pool, uint Address) At(ulong position)
    {
        foreach (var pool in pools)
        {
            if (position < pool.Range.Size)
                return (pool, pool.Range.First + (uint)position);
            position -= pool.Range.Size;
        }

        throw new ArgumentOutOfRangeException(nameof(position), position, "beyond the last pool");
    }

    private sealed record AddressPool(Subnet Subnet, Subnet Range, uint? Gateway)
    {
        /// <summary>Null for one that is not of IPv4.</summary>
        public static AddressPool? From(IpamPool pool) => Subnet.Parse(pool.Subnet) is { } subnet
            ? new AddressPool(subnet, Subnet.Parse(pool.Range) ?? subnet, Subnet.ParseAddress(pool.Gateway))
            : null;
    }
}
