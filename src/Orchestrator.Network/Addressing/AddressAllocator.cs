namespace Orchestrator.Network.Addressing;

/// <summary>Chooses addresses of one network. Pure: who holds what is the caller's to know.</summary>
internal static class AddressAllocator
{
    /// <summary>The next free address after the last one given out, wrapping round; null when all are taken.</summary>
    /// <remarks>
    /// A freed address is so reused last, when connections and ARP caches have forgotten it. First and last address
    /// of the subnet are never given.
    /// </remarks>
    public static uint? Next(Subnet subnet, Subnet range, IReadOnlySet<uint> used, uint last)
    {
        var first = Math.Max(range.First, subnet.First + 1);
        var end = Math.Min(range.Last, subnet.Last - 1);
        if (subnet.PrefixLength > 30 || first > end)
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
    public static Subnet? NextSubnet(IEnumerable<SubnetPool> pools, IReadOnlyCollection<Subnet> taken)
    {
        foreach (var pool in pools)
        {
            foreach (var candidate in Subnet.Parse(pool.Base).Split(pool.Size))
            {
                if (!taken.Any(candidate.Overlaps))
                    return candidate;
            }
        }

        return null;
    }
}
