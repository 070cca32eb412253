using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Orchestrator.Network;

/// <summary>A container's link to a network, as it is in the kernel.</summary>
public sealed record Endpoint
{
    public required string NetworkId { get; init; }

    public required string NetworkName { get; init; }

    public required string ContainerId { get; init; }

    /// <summary>64 hex digits, the same for as long as container and network are the same.</summary>
    public required string EndpointId { get; init; }

    /// <summary>Name inside the container: <c>eth0</c>, <c>eth1</c>, …</summary>
    public required string InterfaceName { get; init; }

    /// <summary>The network is one of the world outside, where the host has no address: no port is published
    /// there.</summary>
    public bool IsOutside { get; init; }

    /// <summary>Name of the other end; empty: there is none.</summary>
    public required string HostInterfaceName { get; init; }

    /// <summary>Address with prefix length, e.g. <c>172.17.0.2/16</c>.</summary>
    public required string IPv4 { get; init; }

    /// <summary>The same of IPv6; null: it has none.</summary>
    public string? IPv6 { get; init; }

    public required string Mac { get; init; }

    /// <summary>Address of the default route through this network; empty when there is none.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>The same of IPv6; null: there is none.</summary>
    public string? Gateway6 { get; init; }

    /// <summary>Addresses with prefix length, that of IPv4 first.</summary>
    [JsonIgnore]
    public IEnumerable<string> Cidrs => IPv6 is { Length: > 0 } six ? [IPv4, six] : [IPv4];

    /// <summary>Addresses alone, that of IPv4 first.</summary>
    [JsonIgnore]
    public IEnumerable<string> Addresses => Cidrs.Select(cidr => cidr.Split('/')[0]);

    /// <summary>Address of IPv6 alone; null: it has none.</summary>
    [JsonIgnore]
    public string? Address6 => IPv6?.Split('/')[0];

    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>Names of its container's own for others.</summary>
    public ImmutableArray<NameLink> Links { get; init; } = [];

    /// <summary>What was asked for with the place on the network: a bandwidth of its own.</summary>
    public ImmutableDictionary<string, string>? Options { get; init; }

    /// <inheritdoc cref="EndpointConfig.Lease"/>
    public string? Lease { get; init; }

    /// <summary>Names that resolve to this endpoint: container name, short id, aliases.</summary>
    public ImmutableArray<string> DnsNames { get; init; } = [];
}
