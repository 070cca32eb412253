using Orchestrator.Engine;
using Orchestrator.EngineApi.Swarm;

namespace Orchestrator.EngineApi;

/// <summary>What the routes answer from.</summary>
public sealed record EngineApiContext
{
    public required ContainerEngine Engine { get; init; }

    public required NodeFacts Facts { get; init; }

    /// <summary>The node's part in a cluster; null: it can have none, and the swarm routes say so.</summary>
    public IClusterNode? Cluster { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>What the daemon says of itself.</summary>
public sealed record NodeFacts
{
    /// <summary>Stays the same as long as the data root does.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary><c>key=value</c>, of the daemon's configuration.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    public bool Debug { get; init; }

    public IReadOnlyList<string> RegistryMirrors { get; init; } = [];

    public IReadOnlyList<string> InsecureRegistries { get; init; } = [];
}
