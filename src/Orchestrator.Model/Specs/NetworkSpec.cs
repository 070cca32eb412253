namespace Orchestrator.Model;

public sealed record NetworkSpec
{
    public required Annotations Annotations { get; init; }

    /// <summary><c>overlay</c>.</summary>
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

    public string Name => Annotations.Name;
}

/// <param name="Subnet">CIDR.</param>
/// <param name="Gateway">Address without length; empty: the first of the subnet.</param>
/// <param name="Range">CIDR that addresses are drawn from; empty: the subnet.</param>
public sealed record IpamPool(string Subnet, string Gateway = "", string Range = "")
{
    public bool IsIPv6 => Subnet.Contains(':', StringComparison.Ordinal);
}
