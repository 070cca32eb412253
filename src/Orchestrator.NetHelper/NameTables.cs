using System.Collections.Concurrent;
using Orchestrator.Network.Dns;

namespace Orchestrator.NetHelper;

/// <summary>Names of all networks; read by every resolver, replaced one network at a time.</summary>
internal sealed class NameTables
{
    private readonly ConcurrentDictionary<string, NameTable> tables = new();

    public ICollection<string> Ids => tables.Keys;

    public void Put(NameTable table) => tables[table.NetworkId] = table;

    public void Drop(string networkId) => tables.TryRemove(networkId, out _);

    /// <returns>The tables of those networks that are known, in that order.</returns>
    public List<NameTable> Of(IEnumerable<string> networkIds) =>
        [.. networkIds.Select(tables.GetValueOrDefault).OfType<NameTable>()];
}
