using Orchestrator.Engine.Containers;
using Orchestrator.Network;

namespace Orchestrator.Engine.Running;

/// <summary>Joins containers to networks and takes them off again, whether they run or not.</summary>
internal sealed class ContainerNetworks(
    NodeNetwork network, NetworkPlaces places, ContainerStore store, BundleWriter bundles, ContainerEvents events,
    IContainerHost host)
{
    public async Task ConnectAsync(ContainerEntry entry, EndpointConfig wanted, CancellationToken cancellationToken)
    {
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        var name = await places.NameOfAsync(wanted.NetworkId, cancellationToken);
        AddressCheck.Check(wanted, name);
        var record = entry.Record;
        if (record.Connections.Any(connection => connection.NetworkName == name))
            throw EngineException.Conflict(
                $"endpoint with name {record.Name} already exists in network {name}");
        if (NetworkMode.Parse(record.Spec.Host.NetworkMode).Kind is NetworkModeKind.Host or NetworkModeKind.Container)
            throw EngineException.Conflict(
                "container sharing network namespace with another container or host cannot be "
                + "connected to any other network");

        var connection = new NetworkConnection(wanted with { NetworkId = name }, name);
        if (entry.Run is null)
        {
            entry.Set(With(record, connection));
            store.Save(entry.Record);
            return;
        }

        connection = connection with { Endpoint = await PlugAsync(record, connection, cancellationToken) };
        entry.Set(With(record, connection));
        RefreshFiles(entry);
        events.Network("connect", entry.Record, connection);
    }

    private static ContainerRecord With(ContainerRecord record, NetworkConnection connection) => record with
    {
        // A real network takes the place of "none".
        Connections = [.. record.Connections.Where(other => other.NetworkName != "none"), connection],
    };

    /// <summary>Has what was asked on disk by the time the kernel is done. What came of it, the addresses, is the
    /// network's to remember: a daemon that takes the container over asks there.</summary>
    private async Task<Endpoint> PlugAsync(
        ContainerRecord record, NetworkConnection connection, CancellationToken cancellationToken)
    {
        var saving = Task.Run(() => store.Save(With(record, connection)), CancellationToken.None);
        Endpoint? endpoint = null;
        try
        {
            endpoint = await places.ConnectAsync(record, connection, cancellationToken);
            await saving;
            return endpoint;
        }
        catch
        {
            await saving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (endpoint is not null)
                await network.DisconnectAsync(record.Id, endpoint.NetworkId, CancellationToken.None);
            if (saving.IsCompletedSuccessfully)
                store.Save(record);
            throw;
        }
    }

    public async Task DisconnectAsync(
        ContainerEntry entry, string reference, bool force, CancellationToken cancellationToken)
    {
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        var name = network.FindNetwork(reference)?.Name ?? reference;
        if (entry.Record.Connections.All(one => one.NetworkName != name))
            name = await places.NameOfAsync(reference, cancellationToken);
        var connection = entry.Record.Connections.FirstOrDefault(one => one.NetworkName == name);
        if (connection is null)
        {
            if (force)
                return;
            throw EngineException.Conflict($"container {entry.Id} is not connected to network {name}");
        }

        // The cluster may have taken its place away.
        if (connection.Endpoint is { } endpoint && network.GetEndpoints(entry.Id).Any(e => e.NetworkId == endpoint.NetworkId))
            await network.DisconnectAsync(entry.Id, endpoint.NetworkId, cancellationToken);
        entry.Set(entry.Record with { Connections = [.. entry.Record.Connections.Where(one => one != connection)] });
        store.Save(entry.Record);
        if (entry.Run is not null)
            RefreshFiles(entry);
        events.Network("disconnect", entry.Record, connection);
    }

    /// <summary>Forgets a link; the container it leads to stays as it is.</summary>
    public async Task UnlinkAsync(ContainerEntry entry, string alias, CancellationToken cancellationToken)
    {
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        var record = entry.Record;
        if (record.Links.All(link => link.Alias != alias))
            throw new EngineException(EngineError.NotFound, $"container {record.Name} has no link {alias}");
        entry.Set(record with { Links = [.. record.Links.Where(link => link.Alias != alias)] });
        store.Save(entry.Record);
        if (entry.Run is not null)
            await host.RelinkAsync(entry.Record, cancellationToken);
    }

    public void RefreshFiles(ContainerEntry entry)
    {
        if (entry.Run is not null && entry.Record.Connections.Any(connection => connection.Endpoint is not null))
            bundles.RefreshFiles(entry.Record, network.GetFiles(entry.Id));
    }
}
