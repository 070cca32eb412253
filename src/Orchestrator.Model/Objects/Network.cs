namespace Orchestrator.Model;

public sealed record Network : IStoreObject
{
    public required NetworkId Id { get; init; }

    public Meta Meta { get; init; } = Meta.Empty;

    public required NetworkSpec Spec { get; init; }

    /// <summary>Set by the allocator; null until then.</summary>
    public NetworkAllocation? Allocation { get; init; }

    public bool PendingDelete { get; init; }

    string IStoreObject.Id => Id.Value;
}

/// <param name="Vni">VXLAN network identifier, 4096 to 2^24-1.</param>
public sealed record NetworkAllocation(int Vni, ImmutableArray<IpamPool> Pools);
