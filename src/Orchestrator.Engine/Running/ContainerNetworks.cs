using Orchestrator.Engine.Containers;
using Orchestrator.Network;

namespace Orchestrator.Engine.Running;

/// <summary>Joins containers to networks and takes them off again, whether they run or not.</summary>
internal sealed class ContainerNetworks(
    NodeNetwork network, ContainerStore store, BundleWriter bundles, ContainerEvents events, IContainerHost host)
{
    public async Task ConnectAsync(ContainerEntry entry, EndpointConfig wanted, CancellationToken cancellationToken)
    {
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        var known = network.FindNetwork(wanted.NetworkId)
            ?? throw new EngineException(EngineError.NotFound, $"network {wanted.NetworkId} not found");
        AddressCheck.Check(wanted, known.Name);
        var record = entry.Record;
        if (record.Connections.Any(connection => connection.NetworkName == known.Name))
            throw EngineException.Conflict(
                $"endpoint with name {record.Name} already exists in network {known.Name}");
        if (NetworkMode.Parse(record.Spec.Host.NetworkMode).Kind is NetworkModeKind.Host or NetworkModeKind.Container)
            throw EngineException.Conflict(
                "container sharing network namespace with another container or host cannot be "
                + "connected to any other network");

        var endpoint = entry.Run is null ? null : await network.ConnectAsync(record.Id, wanted, cancellationToken);
        var connection = new NetworkConnection(wanted, known.Name, endpoint);
        entry.Set(record with
        {
            // A real network takes the place of "none".
            Connections = [.. record.Connections.Where(other => other.NetworkName != "none"), connection],
        });
        store.Save(entry.Record);
        if (endpoint is null)
            return;
        RefreshFiles(entry);
        events.Network("connect", entry.Record, connection);
    }

    public async Task DisconnectAsync(
        ContainerEntry entry, string reference, bool force, CancellationToken cancellationToken)
    {
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        var name = network.FindNetwork(reference)?.Name ?? reference;
        var connection = entry.Record.Connections.FirstOrDefault(one => one.NetworkName == name);
        if (connection is null)
        {
            if (force)
                return;
            throw EngineException.Conflict($"container {entry.Id} is not connected to network {name}");
        }

        if (connection.Endpoint is { } endpoint)
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
