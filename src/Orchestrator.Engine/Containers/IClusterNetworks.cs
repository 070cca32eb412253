using Orchestrator.Network;

namespace Orchestrator.Engine.Containers;

/// <summary>Networks that somebody beyond this node gives addresses of. The engine knows no cluster: an agent supplies it.
/// </summary>
/// <remarks>Refusals are <see cref="NetworkException"/>.</remarks>
public interface IClusterNetworks
{
    /// <summary>A network that containers may join by hand.</summary>
    /// <param name="reference">Name or id.</param>
    /// <returns>Null: there is none of that reference.</returns>
    Task<ClusterNetwork?> FindAsync(string reference, CancellationToken cancellationToken);

    /// <summary>Asks for a place. When it returns the network stands on this node, and the place is the container's until
    /// it is off the network again: no <see cref="Endpoint"/> of it has that lease. <see cref="Settle"/> follows.</summary>
    /// <param name="former">Address that the container had there the last time, which it has again if that is free.</param>
    /// <returns>What to connect by, under a lease.</returns>
    Task<EndpointConfig> AttachAsync(
        ContainerRecord container, EndpointConfig wanted, string? former, CancellationToken cancellationToken);

    /// <summary>What was given to a container is connected by now, or will not be.</summary>
    void Settle(string containerId);
}

public sealed record ClusterNetwork(string Id, string Name);
