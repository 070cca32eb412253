using System.Collections.Immutable;

namespace Orchestrator.Network;

/// <summary>How one container is to be joined to one network.</summary>
public sealed record EndpointConfig
{
    /// <summary>Id or name of the network.</summary>
    public required string NetworkId { get; init; }

    /// <summary>Requested address, without prefix length. Required for an overlay, whose addresses the cluster
    /// gives.</summary>
    public string? IPv4 { get; init; }

    /// <summary>The same of IPv6; null on a network that has it: any that is free.</summary>
    public string? IPv6 { get; init; }

    /// <summary>Requested hardware address; null: derived from the IPv4 address.</summary>
    public string? Mac { get; init; }

    /// <summary>Further names that resolve to this endpoint on this network.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>Options of its place on the network, which count before the network's own.</summary>
    public ImmutableDictionary<string, string>? Options { get; init; }

    /// <summary>What a cluster gave the address under, such as the id of a task; null: nobody gave it yet.</summary>
    public string? Lease { get; init; }

    /// <summary>Names of this container's own for others on the network.</summary>
    public ImmutableArray<NameLink> Links { get; init; } = [];
}

/// <summary>A name that one container alone knows another one by.</summary>
/// <param name="Target">A name that everyone on the network knows it by.</param>
public sealed record NameLink(string Alias, string Target);
