namespace Orchestrator.Store.Tables;

/// <summary>
/// The kinds of object the store holds. The number is written to the log: never reused, never renumbered.
/// </summary>
public enum ObjectKind
{
    Cluster = 1,
    Node = 2,
    Network = 3,
    Service = 4,
    Task = 5,
    Secret = 6,
    Config = 7,
    RepositoryManifest = 8,
    RepositoryTag = 9,
    RegistryLogin = 10,
    RegistryState = 11,
}
