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
/// <param name="Encryption">One of <see cref="NetworkEncryption"/>, chosen by what the nodes' kernels can do.</param>
public sealed record NetworkAllocation(
    int Vni, ImmutableArray<IpamPool> Pools, string Encryption = NetworkEncryption.None)
{
    /// <summary>The address of IPv6 that goes with one of IPv4; null: the network has no IPv6.</summary>
    public string? Paired(string address) =>
        Pools.FirstOrDefault(pool => pool.IsIPv6) is { } six ? PairedAddress.Of(six.Subnet, address) : null;

    /// <summary>The same with prefix length.</summary>
    public string? PairedCidr(string address) =>
        Pools.FirstOrDefault(pool => pool.IsIPv6) is { } six && PairedAddress.Of(six.Subnet, address) is { } paired
            ? $"{paired}{six.Subnet[six.Subnet.IndexOf('/', StringComparison.Ordinal)..]}" : null;
}
