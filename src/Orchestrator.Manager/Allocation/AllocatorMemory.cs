using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.Manager.Allocation;

/// <summary>What the allocator remembers from pass to pass, and a new leader starts without.</summary>
/// <param name="InUse">Addresses in use at the last pass.</param>
/// <param name="Held">Released addresses and the moment each may be given again.</param>
/// <param name="Last">The address given last in each network.</param>
internal sealed record AllocatorMemory(
    ImmutableHashSet<(NetworkId Network, uint Address)> InUse,
    ImmutableDictionary<(NetworkId Network, uint Address), DateTimeOffset> Held,
    ImmutableDictionary<NetworkId, uint> Last)
{
    public static AllocatorMemory Empty { get; } = new([], ImmutableDictionary<(NetworkId, uint), DateTimeOffset>.Empty,
        ImmutableDictionary<NetworkId, uint>.Empty);

    /// <summary>Puts on hold what was released since the last pass, and takes off what has rested.</summary>
    public AllocatorMemory Advance(
        ImmutableHashSet<(NetworkId Network, uint Address)> inUse, DateTimeOffset now, TimeSpan hold)
    {
        var released = InUse.Except(inUse).Select(address => KeyValuePair.Create(address, now + hold));
        var rested = Held.Where(held => held.Value <= now || inUse.Contains(held.Key)).Select(held => held.Key);
        return this with { InUse = inUse, Held = Held.SetItems(released).RemoveRange(rested) };
    }
}
