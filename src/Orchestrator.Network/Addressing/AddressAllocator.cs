namespace Orchestrator.Network.Addressing;

/// <summary>Chooses addresses of one network. Pure: who holds what is the caller's to know.</summary>
internal static class AddressAllocator
{
    /// <summary>The next free address after the last one given out, wrapping round; null when all are taken.</summary>
    /// <remarks>
    /// A freed address is so reused last, when connections and neighbour caches have forgotten it. First and last
    /// address of the subnet are never given: of IPv6 the first is every router's, the last of those that RFC 2526
    /// keeps.
    /// </remarks>
    public static UInt128? Next(Subnet subnet, Subnet range, IReadOnlySet<UInt128> used, UInt128 last)
    {
        var first = UInt128.Max(range.First, subnet.First + 1);
        var end = UInt128.Min(range.Last, subnet.Last - 1);
        if (!subnet.HasRoom || first > end)
            return null;
        var start = last >= first && last < end ? last + 1 : first;
        for (var address = start; ; address = address == end ? first : address + 1)
        {
            if (!used.Contains(address))
                return address;
            if ((address == end ? first : address + 1) == start)
                return null;
        }
    }

    /// <summary>The first block of the pools that overlaps nothing taken; null when there is none.</summary>
    public static Subnet? NextSubnet(IEnumerable<SubnetPool> pools, bool isIPv6, IReadOnlyCollection<Subnet> taken)
    {
        foreach (var pool in pools)
        {
            var all = Subnet.Parse(pool.Base);
            if (all.IsIPv6 == isIPv6 && NextSubnet(all, pool.Size, taken) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>Steps over each taken block as a whole: a /48 has too many of /64 to try one by one.</summary>
    private static Subnet? NextSubnet(Subnet pool, int size, IReadOnlyCollection<Subnet> taken)
    {
        var candidate = pool.Split(size).Cast<Subnet?>().FirstOrDefault();
        while (candidate is { } block && pool.Contains(block))
        {
            var hit = taken.Cast<Subnet?>().FirstOrDefault(t => block.Overlaps(t!.Value));
            if (hit is not { } other)
                return block;
            candidate = other.PrefixLength <= size ? Subnet.Of(other.AddressAt(other.Last), size).Next : block.Next;
        }

        return null;
    }
}
