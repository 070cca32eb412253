namespace Orchestrator.Model;

public sealed record NetworkSpec
{
    public required Annotations Annotations { get; init; }

    /// <summary><c>overlay</c>, or one of <see cref="SegmentDrivers"/>.</summary>
    public string Driver { get; init; } = "overlay";

    public ImmutableSortedDictionary<string, string> DriverOptions { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    public bool Internal { get; init; }

    public bool Attachable { get; init; }

    /// <summary>The one network that published ports travel on.</summary>
    public bool Ingress { get; init; }

    /// <summary>Its tasks and services have addresses of IPv6, too.</summary>
    public bool EnableIPv6 { get; init; }

    /// <summary>What the user fixed; empty: the allocator chooses.</summary>
    public ImmutableArray<IpamPool> Pools { get; init; } = [];

    /// <summary>Config-only network that each node takes the driver's options from, where it has one of that name;
    /// empty: those of this spec.</summary>
    public string ConfigFrom { get; init; } = "";

    /// <summary>A segment of the world outside: no tunnel, no virtual addresses.</summary>
    public bool IsSegment => SegmentDrivers.Has(Driver);

    public string Name => Annotations.Name;
}

/// <param name="Subnet">CIDR.</param>
/// <param name="Gateway">Address without length; empty: the first of the subnet.</param>
/// <param name="Range">CIDR that addresses are drawn from; empty: the subnet.</param>
public sealed record IpamPool(string Subnet, string Gateway = "", string Range = "")
{
    /// <summary>Addresses that are never given out, by the names of those who have them.</summary>
    public ImmutableSortedDictionary<string, string> Auxiliary { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    public bool IsIPv6 => Subnet.Contains(':', StringComparison.Ordinal);
}
