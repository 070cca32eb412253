using System.Collections.Immutable;
using Orchestrator.Network;

namespace Orchestrator.Engine.Containers;

/// <summary>Links on the default bridge, where containers do not find each other by name otherwise.</summary>
/// <remarks>On networks of one's own a link is a name the resolver knows: see <see cref="NameLink"/>.</remarks>
internal sealed class ContainerLinks(ContainerTable table)
{
    /// <exception cref="EngineException">No such container, or none that can be linked to.</exception>
    public IReadOnlyList<LinkRecord> Resolve(HostSpec host)
    {
        if (host.Links.Count == 0)
            return [];
        var mode = NetworkMode.Parse(host.NetworkMode);
        if (mode.Kind is NetworkModeKind.Host or NetworkModeKind.Container)
            throw EngineException.Invalid(
                $"conflicting options: {(mode.Kind == NetworkModeKind.Host ? "host" : "container")} type networking "
                + "can't be used with links. This would result in undefined behavior");
        return mode.Name == NetworkMode.DefaultNetwork
            ? [.. host.Links.Select(LinkSpec.Parse).Select(Resolve).DistinctBy(link => link.Alias)] : [];
    }

    /// <summary>Lines for /etc/hosts. One that was removed, or is down, has none.</summary>
    public ImmutableArray<HostEntry> Hosts(ContainerRecord record) =>
    [
        .. from link in record.Links
           let other = table.Find(link.ContainerId)?.Record
           let address = AddressOf(other)
           where address is not null
           select new HostEntry(address, Names(link.Alias, other)),
    ];

    /// <exception cref="EngineException">One of the linked containers does not run.</exception>
    public IReadOnlyList<string> Environment(ContainerRecord record)
    {
        var all = new List<string>();
        foreach (var link in record.Links)
        {
            if (table.Find(link.ContainerId)?.Record is not { } other)
                continue; // Removed: the link went with it.
            var address = AddressOf(other) ?? throw EngineException.Conflict(
                $"Cannot link to a non running container: /{other.Name} AS /{record.Name}/{link.Alias}; "
                + $"start it first: orch start {other.Name}");
            all.AddRange(LinkEnvironment.Of(
                link.Alias, record.Name, address, other.Process.ExposedPorts, other.Process.Environment));
        }

        return all;
    }

    /// <summary>Those that run and are linked to the container.</summary>
    public IEnumerable<ContainerRecord> LinkersOf(string containerId) =>
        table.All.Select(entry => entry.Record).Where(
            record => record.State.IsUp && record.Links.Any(link => link.ContainerId == containerId));

    private LinkRecord Resolve(LinkSpec wanted)
    {
        // Not as a 404: clients take that of a create for a missing image, and pull it.
        var other = table.Find(wanted.Container) ?? throw EngineException.Invalid(
            $"could not get container for {wanted.Container}: "
            + EngineException.NoSuchContainer(wanted.Container).Message);
        if (NetworkMode.Parse(other.Record.Spec.Host.NetworkMode).Kind == NetworkModeKind.Host)
            throw EngineException.Invalid(
                "conflicting options: host type networking can't be used with links. This would result in "
                + "undefined behavior");
        return new(other.Id, wanted.Alias);
    }

    private static string? AddressOf(ContainerRecord? record) => record?.Connections
        .FirstOrDefault(connection => connection.NetworkName == NetworkMode.DefaultNetwork)
        ?.Endpoint?.IPv4.Split('/')[0];

    private static string Names(string alias, ContainerRecord other)
    {
        var hostname = other.Spec.Hostname.Length > 0 ? other.Spec.Hostname : other.ShortId;
        return string.Join(' ', new[] { alias, hostname, other.Name }.Distinct());
    }
}
