using Orchestrator.Engine.Running;
using Orchestrator.Engine.Volumes;
using Orchestrator.Images;
using Orchestrator.Network;

namespace Orchestrator.Engine.Containers;

/// <summary>Checks a spec and writes down the container it describes.</summary>
internal sealed class ContainerCreator(
    ContainerTable table,
    ContainerStore store,
    ImageService images,
    NodeNetwork network,
    VolumeStore volumes,
    IContainerHost host,
    ContainerEvents events,
    HostSpecCheck check,
    ContainerLinks links,
    TimeProvider time)
{
    public async Task<CreatedContainer> CreateAsync(
        ContainerSpec wanted, string? name, CancellationToken cancellationToken)
    {
        var image = FindImage(wanted.Image);
        var defaults = image.Config.Config ?? new Oci.Images.ContainerConfig();
        var (spec, warnings) = check.Check(wanted);
        var process = ProcessResolver.Resolve(spec, defaults);
        var linked = links.Resolve(spec.Host);
        var connections = Connections(spec, network);

        var id = RandomId.Next();
        var taken = string.IsNullOrEmpty(name) ? table.TakeAnyName(id, Random.Shared) : Take(name, id);
        try
        {
            var record = new ContainerRecord
            {
                Id = id,
                Name = taken,
                Created = time.GetUtcNow(),
                Spec = spec,
                ImageId = image.Id.ToString(),
                Process = process,
                Mounts = Keyed(id, new MountPlanner(volumes, table, FindImage).Plan(
                    spec, defaults.Volumes is { } paths ? paths.Keys : [])),
                Links = linked,
                Connections = connections,
                LogPath = store.LogOf(id, spec.Host.Log.Driver),
            };
            await WriteAsync(record, image, cancellationToken);
            await FillAsync(record);
            table.Add(new ContainerEntry(record));
            events.Publish(record, "create");
            return new CreatedContainer(id, warnings);
        }
        catch
        {
            table.FreeName(taken, id);
            throw;
        }
    }

    private string Take(string name, string id)
    {
        var bare = ContainerName.Parse(name);
        table.TakeName(bare, id);
        return bare;
    }

    private Image FindImage(string reference)
    {
        try
        {
            return images.Find(reference);
        }
        catch (ImageException e)
        {
            throw new EngineException(
                e.Error == ImageError.NotFound ? EngineError.NotFound : EngineError.InvalidArgument, e.Message, e);
        }
    }

    /// <summary>
    /// The snapshot is made while the record goes to disk; the record last of all makes the container exist.
    /// </summary>
    private async Task WriteAsync(ContainerRecord record, Image image, CancellationToken cancellationToken)
    {
        try
        {
            store.CreateDirectory(record.Id);
            await Task.WhenAll(PrepareAsync(record, image, cancellationToken), Task.Run(() => store.Save(record), cancellationToken));
        }
        catch (Exception e) when (e is ImageException or IOException or OperationCanceledException)
        {
            store.Delete(record.Id);
            await host.DeleteRootAsync(record.Id, CancellationToken.None);
            if (e is OperationCanceledException)
                throw;
            throw new EngineException(EngineError.Internal, $"cannot create container {record.Name}: {e.Message}", e);
        }
    }

    /// <summary>As docker: whoever looks into a new volume finds in it what the image has, before any start.</summary>
    private async Task FillAsync(ContainerRecord record)
    {
        try
        {
            // From here on the caller may go away: a half-filled volume would not be filled again.
            await host.FillVolumesAsync(record, CancellationToken.None);
        }
        catch
        {
            store.Delete(record.Id);
            await host.DeleteRootAsync(record.Id, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Its own root, and what it mounts of other images: a snapshot keeps an image's layers.</summary>
    private async Task PrepareAsync(ContainerRecord record, Image image, CancellationToken cancellationToken)
    {
        await images.PrepareAsync(record.Id, image, cancellationToken);
        foreach (var mount in record.Mounts.Where(mount => mount.Type == "image"))
            await images.PrepareAsync(mount.Name, FindImage(mount.Options), cancellationToken);
    }

    private static IReadOnlyList<MountRecord> Keyed(string id, IReadOnlyList<MountRecord> mounts)
    {
        var images = 0;
        return
        [
            .. mounts.Select(mount => mount.Type == "image"
                ? mount with { Name = RunDirectories.ImageKey(id, images++) } : mount),
        ];
    }

    /// <summary>The networks that a spec wants to be on.</summary>
    internal static List<NetworkConnection> Connections(ContainerSpec spec, NodeNetwork network)
    {
        if (spec.Networks.Count > 0)
            return [.. spec.Networks.Select(wanted => Connection(wanted, network))];
        var mode = NetworkMode.Parse(spec.Host.NetworkMode);
        return mode.Kind switch
        {
            NetworkModeKind.Named => [Connection(new EndpointConfig { NetworkId = mode.Name }, network)],
            NetworkModeKind.Host or NetworkModeKind.None =>
                [new NetworkConnection(new EndpointConfig { NetworkId = mode.Name }, mode.Name)],
            _ => [],
        };
    }

    /// <summary>An unknown network is the start's to refuse, as with docker: it may come into being until then. (A
    /// refusal here would be a 404, which clients take for a missing image.)</summary>
    private static NetworkConnection Connection(EndpointConfig wanted, NodeNetwork network) =>
        new(wanted, network.FindNetwork(wanted.NetworkId)?.Name ?? wanted.NetworkId);
}
