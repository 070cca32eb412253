namespace Orchestrator.Model;

public sealed record Service : IStoreObject
{
    public required ServiceId Id { get; init; }

    public Meta Meta { get; init; } = Meta.Empty;

    public required ServiceSpec Spec { get; init; }

    /// <summary>
    /// Version of the write that last changed <see cref="Spec"/>; tasks carry the one they were made from.
    /// </summary>
    public ulong SpecVersion { get; init; }

    public ServiceSpec? PreviousSpec { get; init; }

    public ServiceEndpoint? Endpoint { get; init; }

    public UpdateStatus? UpdateStatus { get; init; }

    /// <summary>Deleted by the user; gone once its tasks are.</summary>
    public bool PendingDelete { get; init; }

    string IStoreObject.Id => Id.Value;
}

/// <summary>What the allocator gave a service.</summary>
public sealed record ServiceEndpoint
{
    /// <summary>The endpoint spec that was allocated, to see when it changed.</summary>
    public EndpointSpec Spec { get; init; } = new();

    /// <summary>With every published port filled in.</summary>
    public ImmutableArray<PortConfig> Ports { get; init; } = [];

    public ImmutableArray<VirtualIp> VirtualIps { get; init; } = [];
}

/// <param name="Address">With prefix length.</param>
public sealed record VirtualIp(NetworkId NetworkId, string Address)
{
    /// <summary>It goes with the one of IPv4 that comes before it.</summary>
    public bool IsPaired => Address.Contains(':', StringComparison.Ordinal);
}

public enum UpdateState
{
    Unknown = 0,
    Updating = 1,
    Paused = 2,
    Completed = 3,
    RollbackStarted = 4,
    RollbackPaused = 5,
    RollbackCompleted = 6,
}

public sealed record UpdateStatus(
    UpdateState State, DateTimeOffset? StartedAt, DateTimeOffset? CompletedAt, string Message);
