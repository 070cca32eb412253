namespace Orchestrator.Registry.Replication;

/// <summary>The registries of the other managers.</summary>
public interface IRegistryPeers
{
    /// <summary>All other managers, reachable or not: they and this one make the total that a majority is of.</summary>
    IReadOnlyList<Uri> Others { get; }

    /// <summary>
    /// Presents this manager's certificate and trusts only the cluster's. Stays the provider's; not disposed.
    /// </summary>
    HttpMessageHandler Handler { get; }
}
