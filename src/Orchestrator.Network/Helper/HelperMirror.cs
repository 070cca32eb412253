using Orchestrator.Network.Dns;

namespace Orchestrator.Network.Helper;

/// <summary>Tells orch-net about names, and remembers what it knows so that nothing is said twice.</summary>
/// <remarks>Not safe for concurrent use: its owner makes one change at a time.</remarks>
internal sealed class HelperMirror(HelperClient helper)
{
    private readonly Dictionary<string, NameTable> tables = [];
    private readonly Dictionary<string, ResolverConfig> resolvers = [];
    private HelperInventory inventory = new(0, [], [], []);

    /// <summary>Owners of ports that the helper held when it was last asked.</summary>
    public IEnumerable<string> Owners => inventory.Owners;

    /// <summary>Are a container's questions answered by the helper?</summary>
    public bool HasResolver(string containerId) => resolvers.ContainsKey(containerId);

    /// <inheritdoc cref="HelperInventory.Translates"/>
    public bool Translates => inventory.Translates;

    /// <summary>Process id of the helper when it was last asked.</summary>
    public int ProcessId => inventory.ProcessId;

    /// <summary>Finds the helper, or starts it, and forgets what was said to an earlier one.</summary>
    /// <returns>True when it is another one than before: everything has to be said again.</returns>
    public async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        var response = await helper.AskAsync(new HelperRequest(HelperOperation.List), cancellationToken);
        var isNew = response.Inventory!.ProcessId != inventory.ProcessId;
        inventory = response.Inventory;
        if (isNew)
        {
            tables.Clear();
            resolvers.Clear();
        }

        return isNew;
    }

    public Task PutTableAsync(NameTable table, CancellationToken cancellationToken) =>
        PutAsync(table, null, cancellationToken);

    public Task PutResolverAsync(ResolverConfig config, CancellationToken cancellationToken) =>
        PutAsync(null, config, cancellationToken);

    /// <summary>Both at once.</summary>
    public async Task PutAsync(NameTable? table, ResolverConfig? config, CancellationToken cancellationToken)
    {
        var requests = new List<HelperRequest>(2);
        if (table is not null && !table.Equals(tables.GetValueOrDefault(table.NetworkId)))
            requests.Add(new HelperRequest(HelperOperation.PutTable, table.NetworkId) { Table = table });
        if (config is not null && !config.Equals(resolvers.GetValueOrDefault(config.ContainerId)))
            requests.Add(new HelperRequest(HelperOperation.PutResolver, config.ContainerId) { Resolver = config });
        if (requests.Count == 0)
            return;
        await helper.AskAllAsync(requests, cancellationToken);
        if (table is not null)
            tables[table.NetworkId] = table;
        if (config is not null)
            resolvers[config.ContainerId] = config;
    }

    public async Task DropTableAsync(string networkId, CancellationToken cancellationToken)
    {
        tables.Remove(networkId);
        await helper.AskAsync(new HelperRequest(HelperOperation.DropTable, networkId), cancellationToken);
    }

    public async Task DropResolverAsync(string containerId, CancellationToken cancellationToken)
    {
        if (!resolvers.Remove(containerId) && !inventory.Resolvers.Contains(containerId))
            return;
        await helper.AskAsync(new HelperRequest(HelperOperation.DropResolver, containerId), cancellationToken);
    }

    /// <summary>Drops what an earlier daemon had said about containers and networks that are no more.</summary>
    public async Task DropOthersAsync(
        IReadOnlySet<string> containerIds, IReadOnlySet<string> networkIds, CancellationToken cancellationToken)
    {
        foreach (var id in inventory.Resolvers.Where(id => !containerIds.Contains(id)))
            await DropResolverAsync(id, cancellationToken);
        foreach (var id in inventory.Tables.Where(id => !networkIds.Contains(id)))
            await DropTableAsync(id, cancellationToken);
    }
}
