using Orchestrator.Network;
using Orchestrator.Network.Dns;
using Orchestrator.Network.Helper;

namespace Orchestrator.NetHelper;

/// <summary>Everything orch-net holds, in memory, in the kernel and on disk. One change at a time.</summary>
internal sealed class HelperState : IAsyncDisposable
{
    private const string ResolverKind = "resolver", TableKind = "table", PortKind = "ports";

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly HelperStore store;
    private readonly NameTables tables = new();
    private readonly PortReservations ports = new();
    private readonly Callers callers = new();
    private readonly Dictionary<string, SandboxResolver> resolvers = [];

    private HelperState(HelperStore store) => this.store = store;

    /// <summary>Takes up again what a killed predecessor held. What cannot be had any more is logged and left
    /// out.</summary>
    public static HelperState Restore(HelperStore store)
    {
        var state = new HelperState(store);
        foreach (var table in store.Load(TableKind, HelperJson.Default.NameTable))
            state.tables.Put(table);
        foreach (var reservation in store.Load(PortKind, HelperJson.Default.PortReservation))
            Try(reservation.Owner, () => state.ports.Reserve(reservation.Owner, reservation.Ports));
        foreach (var resolver in store.Load(ResolverKind, HelperJson.Default.ResolverConfig))
            Try(resolver.ContainerId, () => state.Serve(resolver));
        return state;
    }

    /// <summary>Answers AwaitCaller, when there is an answer.</summary>
    public async Task<HelperResponse> AwaitCallerAsync(int seen, CancellationToken cancellationToken)
    {
        var (ids, last) = await callers.AfterAsync(seen, cancellationToken);
        return new HelperResponse { Callers = ids, Seen = last };
    }

    public async Task<HelperResponse> ApplyAsync(HelperRequest request)
    {
        await gate.WaitAsync();
        try
        {
            return request.Operation switch
            {
                HelperOperation.Ping => new HelperResponse(),
                HelperOperation.List => new HelperResponse { Inventory = Inventory() },
                HelperOperation.PutTable => PutTable(request.Table!),
                HelperOperation.DropTable => DropTable(request.Id),
                HelperOperation.PutResolver => await PutResolverAsync(request.Resolver!),
                HelperOperation.DropResolver => await DropResolverAsync(request.Id),
                HelperOperation.Reserve => Reserve(request),
                HelperOperation.Release => Release(request.Id),
                HelperOperation.RestateResolver => RestateResolver(request.Id),
                HelperOperation.Stop => await ClearAsync(),
                _ => new HelperResponse($"unknown operation {request.Operation}: orch-net and orchd differ in version"),
            };
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var resolver in resolvers.Values)
            await resolver.DisposeAsync();
        ports.Dispose();
        gate.Dispose();
    }

    private HelperInventory Inventory() =>
        new(Environment.ProcessId, [.. resolvers.Keys], [.. tables.Ids], [.. ports.Owners]) { Translates = true };

    private HelperResponse PutTable(NameTable table)
    {
        store.Put(TableKind, table.NetworkId, table, HelperJson.Default.NameTable);
        tables.Put(table);
        return new HelperResponse();
    }

    private HelperResponse DropTable(string networkId)
    {
        tables.Drop(networkId);
        store.Drop(TableKind, networkId);
        return new HelperResponse();
    }

    private async Task<HelperResponse> PutResolverAsync(ResolverConfig config)
    {
        store.Put(ResolverKind, config.ContainerId, config, HelperJson.Default.ResolverConfig);
        // Which networks and upstreams apply can change under a running resolver; where it listens cannot.
        if (resolvers.TryGetValue(config.ContainerId, out var running) && running.TryChange(config))
            return new HelperResponse();
        if (resolvers.Remove(config.ContainerId, out running))
            await running.DisposeAsync();
        callers.Remove(config.ContainerId);
        Serve(config);
        return new HelperResponse();
    }

    private async Task<HelperResponse> DropResolverAsync(string containerId)
    {
        store.Drop(ResolverKind, containerId);
        callers.Remove(containerId);
        if (resolvers.Remove(containerId, out var resolver))
            await resolver.DisposeAsync();
        return new HelperResponse();
    }

    private HelperResponse RestateResolver(string containerId)
    {
        if (!resolvers.TryGetValue(containerId, out var resolver))
            return new HelperResponse($"orch-net serves no names to container {containerId}", NetworkFault.NotFound);
        resolver.Restate();
        return new HelperResponse();
    }

    private HelperResponse Reserve(HelperRequest request)
    {
        var held = ports.Reserve(request.Id, request.Ports);
        store.Put(PortKind, request.Id, new PortReservation(request.Id, held), HelperJson.Default.PortReservation);
        return new HelperResponse { Ports = held };
    }

    private HelperResponse Release(string owner)
    {
        store.Drop(PortKind, owner);
        ports.Release(owner);
        return new HelperResponse();
    }

    private async Task<HelperResponse> ClearAsync()
    {
        foreach (var id in resolvers.Keys.ToList())
            await DropResolverAsync(id);
        foreach (var owner in ports.Owners.ToList())
            ports.Release(owner);
        store.Clear();
        return new HelperResponse();
    }

    private void Serve(ResolverConfig config) =>
        resolvers.Add(config.ContainerId, SandboxResolver.Start(config, tables, callers));

    private static void Try(string what, Action restore)
    {
        try
        {
            restore();
        }
        catch (Exception e) when (e is IOException or NetworkException or System.Net.Sockets.SocketException)
        {
            HelperLog.Write($"not restored, {what}: {e.Message}");
        }

    }
}
