using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Volumes;
using Orchestrator.Images;
using Orchestrator.Linux;
using Orchestrator.Linux.Mounts;
using Orchestrator.Network;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Engine.Running;

/// <summary>The real thing: overlayfs, the node's network, and shims.</summary>
internal sealed class KernelHost(
    EngineOptions options,
    RunDirectories directories,
    ImageService images,
    NodeNetwork network,
    ContainerTable table,
    BundleWriter bundles,
    RootMounter roots,
    VolumeMounts volumes,
    MemoryFiles memory,
    ContainerLinks linked,
    NetworkPlaces places,
    ShimLauncher launcher,
    TimeProvider time,
    ILogger logger) : IContainerHost
{
    public async Task<IContainerRun> CreateAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        try
        {
            directories.Create(record.Id);
            ModeCheck.CheckRemapped(record.Spec.Host, options.UserRemap is not null);
            // Root and network know nothing of each other: made side by side.
            var mounting = Task.Run(() => MountRoot(record), cancellationToken);
            var later = LinksLater(record);
            var links = later ? NetworkLinks.Later : await ConnectAsync(record, null, cancellationToken);
            await mounting;
            MountShm(record);
            var remap = bundles.RemapOf(record.Spec.Host);
            memory.Mount(record, remap);
            var ready = record with { Mounts = volumes.Hold(record.Mounts, record.Id, remap is not null) };
            VolumeFiller.Fill(ready.Mounts, directories.Rootfs(record.Id), remap);
            bundles.Write(ready, links, memory.Of(record));
            var shim = await launcher.LaunchAsync(record, directories, cancellationToken);
            if (later)
                links = await LinkAsync(record, shim.State.Pid, cancellationToken);
            return new ShimRun(
                shim.Client, directories.Shim(record.Id), directories.Rootfs(record.Id),
                new RunFacts(shim.State, links.Connections, links.Ports), time);
        }
        catch
        {
            await ReleaseAsync(record, CancellationToken.None);
            throw;
        }
    }

    public async Task FillVolumesAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        if (!record.Mounts.Any(VolumeFiller.MayFill))
            return;
        try
        {
            directories.Create(record.Id);
            await Task.Run(Fill, cancellationToken);
        }
        catch (IOException e)
        {
            throw new EngineException(
                EngineError.Internal, $"cannot fill the volumes of container {record.Name}: {e.Message}", e);
        }
        finally
        {
            UnmountRoot(record.Id);
            volumes.Release(record.Id);
            directories.Delete(record.Id);
        }

        void Fill()
        {
            var remap = bundles.RemapOf(record.Spec.Host);
            var held = volumes.Hold([.. record.Mounts.Where(VolumeFiller.MayFill)], record.Id, remap is not null);
            if (!held.Any(VolumeFiller.IsToFill))
                return;
            MountRoot(record);
            VolumeFiller.Fill(held, directories.Rootfs(record.Id), remap);
        }
    }

    public async Task<IContainerRun?> AdoptAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        var directory = directories.Shim(record.Id);
        try
        {
            var client = await ShimClient.ConnectAsync(directory.ControlSocket, cancellationToken);
            var state = await client.StateAsync(cancellationToken);
            volumes.Adopt(record);
            return new ShimRun(
                client, directory, directories.Rootfs(record.Id),
                new RunFacts(state, Refreshed(record), record.Ports), time);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return null;
        }
    }

    public ExitStatus? ReadExit(ContainerRecord record) => directories.Shim(record.Id).ReadExit();

    public bool HasRemains(ContainerRecord record) => Directory.Exists(directories.Bundle(record.Id));

    public async Task ReleaseAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        // The shim first: it kills what still runs, and only then do root and links have no users.
        await TryAsync(record, "shim", () => DeleteShimAsync(record, cancellationToken));
        await Task.WhenAll(
            TryAsync(record, "network", () => network.DeleteSandboxAsync(record.Id, cancellationToken)),
            TryAsync(record, "root file system", () => Task.Run(() => UnmountRoot(record.Id), cancellationToken)),
            TryAsync(record, "volumes", () => Task.Run(() => volumes.Release(record.Id), cancellationToken)),
            TryAsync(record, "files in memory", () => Task.Run(() => memory.Unmount(record.Id), cancellationToken)),
            TryAsync(record, "/dev/shm", () => Task.Run(() => UnmountShm(record.Id), cancellationToken)));
        await TryAsync(record, "run directory", () => Task.Run(() => directories.Delete(record.Id), cancellationToken));
    }

    public async Task DeleteRootAsync(string id, CancellationToken cancellationToken)
    {
        var mounted = 0;
        while (images.FindSnapshot(RunDirectories.ImageKey(id, mounted)) is not null)
            mounted++;
        while (mounted-- > 0) // From the last: what a crash leaves is then still found.
            await images.RemoveSnapshotAsync(RunDirectories.ImageKey(id, mounted), cancellationToken);
        await images.RemoveSnapshotAsync(id, cancellationToken);
        await network.ForgetPipesAsync(id, cancellationToken);
    }

    public async Task RelinkAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        await network.CreateSandboxAsync(record.Id, SandboxOf(record), cancellationToken);
        bundles.RefreshFiles(record, network.GetFiles(record.Id));
    }

    private void MountRoot(ContainerRecord record)
    {
        var snapshot = images.FindSnapshot(record.Id) ?? throw new EngineException(
            EngineError.Internal,
            $"the file system of container {record.ShortId} is gone; remove the container and create it again");
        roots.Mount(snapshot, directories.Rootfs(record.Id), bundles.RemapOf(record.Spec.Host) is not null);
    }

    private void UnmountRoot(string id)
    {
        if (Directory.Exists(directories.Rootfs(id)))
            MountCalls.TryUnmount(directories.Rootfs(id), detach: true);
    }

    /// <summary>Of one that shares its IPC, /dev/shm is on the host, where others can take it from.</summary>
    private void MountShm(ContainerRecord record)
    {
        if (record.Spec.Host.IpcMode != ModeCheck.Shareable)
            return;
        var target = directories.Shm(record.Id);
        Directory.CreateDirectory(target);
        MountCalls.Mount(
            "shm", target, "tmpfs", MountFlags.NoSuid | MountFlags.NoDev | MountFlags.NoExec,
            $"mode=1777,size={bundles.ShmSizeOf(record.Spec.Host)}");
    }

    private void UnmountShm(string id)
    {
        if (Directory.Exists(directories.Shm(id)))
            MountCalls.TryUnmount(directories.Shm(id), detach: true);
    }

    /// <summary>A network namespace belongs to the users of whoever makes it: of a container with users of its own, the
    /// runtime makes it, among them.</summary>
    private bool LinksLater(ContainerRecord record) => bundles.RemapOf(record.Spec.Host) is not null
        && NetworkMode.Parse(record.Spec.Host.NetworkMode).Kind is NetworkModeKind.Named or NetworkModeKind.None;

    private async Task<NetworkLinks> LinkAsync(ContainerRecord record, int pid, CancellationToken cancellationToken)
    {
        var links = await ConnectAsync(record, $"/proc/{pid}/ns/net", cancellationToken);
        if (links.Files is { } files)
            bundles.RefreshFiles(record, files);
        return links;
    }

    /// <param name="made">File of a namespace that is there already; null: the network makes one.</param>
    private async Task<NetworkLinks> ConnectAsync(
        ContainerRecord record, string? made, CancellationToken cancellationToken)
    {
        var mode = NetworkMode.Parse(record.Spec.Host.NetworkMode);
        if (mode.Kind == NetworkModeKind.Host)
            return NetworkLinks.OfHost(record.Connections);
        if (mode.Kind == NetworkModeKind.Container)
            return SharedWith(mode.Name);

        var sandbox = await network.CreateSandboxAsync(record.Id, SandboxOf(record), cancellationToken, made);
        var connections = new List<NetworkConnection>();
        foreach (var connection in record.Connections)
        {
            if (IsNone(connection))
            {
                connections.Add(connection);
                continue;
            }

            var endpoint = await places.ConnectAsync(record, connection, cancellationToken);
            connections.Add(connection with { NetworkName = endpoint.NetworkName, Endpoint = endpoint });
        }

        await network.PlugPipesAsync(record.Id, cancellationToken);
        var ports = PortPlan.Of(record, options.PublishAddress);
        var published = ports.Count == 0 || mode.Kind == NetworkModeKind.None
            ? [] : await network.PublishAsync(record.Id, ports, cancellationToken);
        return new NetworkLinks(sandbox, connections, [.. published], network.GetFiles(record.Id));
    }

    private static bool IsNone(NetworkConnection connection) => connection.NetworkName is "none" or "host";

    private NetworkLinks SharedWith(string reference)
    {
        var other = table.Get(reference);
        var run = other.Run ?? throw EngineException.Conflict(
            $"cannot join network of a non running container: {other.Id}; start it first: "
            + $"orch start {other.Record.Name}");
        return NetworkLinks.OfContainer($"/proc/{run.Pid}/ns/net", network.GetFiles(other.Id));
    }

    private SandboxConfig SandboxOf(ContainerRecord record) => new()
    {
        Name = record.Name,
        Hostname = Hostnames.Of(record),
        Domainname = record.Spec.Domainname,
        DnsServers = [.. record.Spec.Host.Dns],
        DnsSearch = [.. record.Spec.Host.DnsSearch is { Count: > 0 } search ? search : options.DnsSearch],
        DnsOptions = [.. record.Spec.Host.DnsOptions is { Count: > 0 } dns ? dns : options.DnsOptions],
        ExtraHosts = [.. record.Spec.Host.ExtraHosts],
        LinkedHosts = linked.Hosts(record),
    };

    /// <summary>The network knows what is in the kernel now; the record may be older.</summary>
    private List<NetworkConnection> Refreshed(ContainerRecord record)
    {
        var endpoints = network.GetEndpoints(record.Id);
        return
        [
            .. record.Connections.Select(connection => connection with
            {
                Endpoint = endpoints.FirstOrDefault(endpoint => endpoint.NetworkName == connection.NetworkName),
            }),
        ];
    }

    private async Task DeleteShimAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        var directory = directories.Shim(record.Id);
        if (!File.Exists(directory.ControlSocket))
            return;
        try
        {
            var client = await ShimClient.ConnectAsync(directory.ControlSocket, cancellationToken);
            await client.DeleteAsync(cancellationToken);
        }
        catch (SocketException)
        {
            // No shim: the launcher's delete below does by files what the shim would have done.
            await launcher.DeleteAsync(record, directories, cancellationToken);
        }
    }

    private async Task TryAsync(ContainerRecord record, string what, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception e) when (e is IOException or SocketException or NetworkException or UnauthorizedAccessException
            or EngineException)
        {
            logger.NotReleased(record.Id, what, e.Message);
        }
    }
}
