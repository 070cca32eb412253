using System.Collections.Immutable;
using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Allocation;

/// <summary>The address spaces of all allocated networks during one pass.</summary>
internal sealed class AddressSpaces
{
    private readonly Dictionary<NetworkId, AddressSpace> byNetwork = [];
    private readonly HashSet<NetworkId> exhausted = [];
    private readonly AllocatorMemory memory;

    public AddressSpaces(StoreRoot root, AllocatorMemory memory)
    {
        this.memory = memory;
        var taken = memory.InUse.ToLookup(pair => pair.Network, pair => pair.Address);
        var held = memory.Held.Keys.ToLookup(pair => pair.Network, pair => pair.Address);
        foreach (var network in root.Networks.All.Where(n => n.Allocation is { Pools.Length: > 0 }))
        {
            // A new leader does not know what was given last: it goes on after the highest in use.
            uint? last = memory.Last.TryGetValue(network.Id, out var known) ? known
                : taken.Contains(network.Id) ? taken[network.Id].Max()
                : null;
            var space = new AddressSpace(network, last);
            foreach (var address in taken[network.Id])
                space.Take(address);
            foreach (var address in held[network.Id])
                space.Rest(address);
            byNetwork.Add(network.Id, space);
        }
    }

    /// <summary>Networks that somebody asked in vain.</summary>
    public IReadOnlySet<NetworkId> Exhausted => exhausted;

    public ImmutableDictionary<NetworkId, uint> Last =>
        memory.Last.SetItems(byNetwork.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Last)))
            .RemoveRange(memory.Last.Keys.Where(id => !byNetwork.ContainsKey(id)));

    /// <summary>Null while the network has no subnet.</summary>
    public AddressSpace? Of(NetworkId network) => byNetwork.GetValueOrDefault(network);

    public string? Next(NetworkId network)
    {
        var space = Of(network);
        var address = space?.Next();
        if (space is not null && address is null)
            exhausted.Add(network);
        return address;
    }
}
