using System.Collections.Immutable;

namespace Orchestrator.Network;

/// <summary>The network of one node: its bridges, its containers' links and names, its part of the overlays.</summary>
/// <remarks>
/// One per daemon. Every method may be called from any thread; changes are made one at a time. All state is on disk
/// and in the kernel, so that a new instance after a crash takes over what the old one made.
/// Errors a user can mend are <see cref="NetworkException"/>.
/// </remarks>
public sealed class NodeNetwork(NodeNetworkOptions options) : IAsyncDisposable
{
    /// <summary>Makes or adopts the default bridge and the helper, and mends what a crash left half-made.</summary>
    /// <param name="containerIds">Containers that still exist; what belongs to others is removed. Null: keep all.</param>
    public Task StartAsync(IReadOnlySet<string>? containerIds, CancellationToken cancellationToken) => throw Later();

    /// <summary>Removes every kernel object, process and file of ours. The instance is unusable afterwards.</summary>
    public Task DestroyAsync(CancellationToken cancellationToken) => throw Later();

    /// <summary>Lets go without touching anything: containers, names and ports stay.</summary>
    public ValueTask DisposeAsync() => throw Later();

    /// <returns>All local networks and the overlays of the last view, predefined ones included.</returns>
    public ImmutableArray<NetworkConfig> ListNetworks() => throw Later();

    /// <param name="idOrName">Full id, exact name, or unambiguous prefix of an id.</param>
    public NetworkConfig? FindNetwork(string idOrName) => throw Later();

    /// <summary>Makes a local bridge network; missing id, pool and bridge name are filled in.</summary>
    public Task<NetworkConfig> CreateNetworkAsync(NetworkConfig config, CancellationToken cancellationToken) =>
        throw Later();

    /// <exception cref="NetworkException">Predefined, unknown, or containers are still attached.</exception>
    public Task RemoveNetworkAsync(string idOrName, CancellationToken cancellationToken) => throw Later();

    /// <returns>Endpoints of this node's containers on a network.</returns>
    public ImmutableArray<Endpoint> ListEndpoints(string networkId) => throw Later();

    /// <summary>Makes the network namespace of a container, with loopback up and nothing else. Idempotent.</summary>
    /// <returns>Path to give to the runtime; valid until the sandbox is deleted.</returns>
    public Task<string> CreateSandboxAsync(string containerId, SandboxConfig config, CancellationToken cancellationToken) =>
        throw Later();

    /// <summary>Takes a container off every network and removes its namespace. Unknown ids are ignored.</summary>
    public Task DeleteSandboxAsync(string containerId, CancellationToken cancellationToken) => throw Later();

    /// <summary>Follows <c>docker rename</c>: the old name stops to resolve.</summary>
    public Task RenameAsync(string containerId, string name, CancellationToken cancellationToken) => throw Later();

    /// <summary>Joins a container to a network. Idempotent for the same network.</summary>
    public Task<Endpoint> ConnectAsync(string containerId, EndpointConfig config, CancellationToken cancellationToken) =>
        throw Later();

    public Task DisconnectAsync(string containerId, string networkId, CancellationToken cancellationToken) =>
        throw Later();

    /// <returns>Endpoints of a container in the order they were made; empty when it has no sandbox.</returns>
    public ImmutableArray<Endpoint> GetEndpoints(string containerId) => throw Later();

    /// <summary>Publishes ports of a container, all or none.</summary>
    /// <returns>The bindings with host ports filled in, in the order given.</returns>
    /// <exception cref="NetworkException"><see cref="NetworkFault.PortTaken"/>: another process or container has it.</exception>
    public Task<ImmutableArray<PortBinding>> PublishAsync(
        string containerId, IReadOnlyList<PortBinding> bindings, CancellationToken cancellationToken) => throw Later();

    /// <summary>Takes back every published port of a container.</summary>
    public Task UnpublishAsync(string containerId, CancellationToken cancellationToken) => throw Later();

    /// <summary>Contents for /etc/hostname, /etc/hosts and /etc/resolv.conf, given where the container is attached now.</summary>
    public SandboxFiles GetFiles(string containerId) => throw Later();

    /// <summary>Makes this node's part of the cluster's networks equal to <paramref name="view"/>.</summary>
    /// <remarks>Level-triggered: call it with the whole view as often as you like; only differences are programmed.</remarks>
    public Task<ClusterReport> ApplyClusterAsync(ClusterView view, CancellationToken cancellationToken) => throw Later();

    private NotSupportedException Later() => new($"not yet: {options.ExecRoot}");
}
