using Orchestrator.Build;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Swarm;

namespace Orchestrator.EngineApi;

/// <summary>What the routes answer from.</summary>
public sealed record EngineApiContext
{
    public required ContainerEngine Engine { get; init; }

    public required ImageBuilder Builder { get; init; }

    /// <summary>Replaced whole when the daemon's configuration is reloaded.</summary>
    public required NodeFacts Facts { get; set; }

    /// <summary>The node's part in a cluster; null: it can have none, and the swarm routes say so.</summary>
    public IClusterNode? Cluster { get; init; }

    /// <summary>Who may log in to the node's registry; null: it has none, and the routes say so.</summary>
    public IRegistryAccounts? RegistryAccounts { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>The users of the node's registry.</summary>
public interface IRegistryAccounts
{
    /// <summary>All of them, without passwords.</summary>
    /// <exception cref="Model.UserException">Unavailable: they cannot be read now.</exception>
    Task<IReadOnlyList<Api.RegistryAccount>> ListAsync(CancellationToken cancellationToken);

    /// <exception cref="Model.UserException">The name or a pattern is malformed. Unavailable.</exception>
    Task SaveAsync(Api.RegistryAccount account, CancellationToken cancellationToken);

    /// <returns>False: there is none of that name.</returns>
    /// <exception cref="Model.UserException">Unavailable.</exception>
    Task<bool> RemoveAsync(string name, CancellationToken cancellationToken);
}

/// <summary>What the daemon says of itself.</summary>
public sealed record NodeFacts
{
    /// <summary>Stays the same as long as the data root does.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>Of the sources, as far as it is known.</summary>
    public string Commit { get; init; } = "unknown";

    /// <summary>When the program was built, RFC 3339.</summary>
    public string Built { get; init; } = "1970-01-01T00:00:00Z";

    /// <summary><c>key=value</c>, of the daemon's configuration.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    public bool Debug { get; init; }

    /// <summary>Containers outlive the daemon.</summary>
    public bool LiveRestore { get; init; } = true;

    /// <summary>Base and size of the pools that subnets of new networks are cut from.</summary>
    public IReadOnlyList<(string Base, int Size)> AddressPools { get; init; } = [];

    /// <summary>Kind, and count or name.</summary>
    public IReadOnlyList<(string Kind, long? Count, string? Name)> GenericResources { get; init; } = [];

    public string HttpProxy { get; init; } = "";

    public string HttpsProxy { get; init; } = "";

    public string NoProxy { get; init; } = "";

    /// <summary>What an operator should know, a line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyList<string> RegistryMirrors { get; init; } = [];

    public IReadOnlyList<string> InsecureRegistries { get; init; } = [];
}
