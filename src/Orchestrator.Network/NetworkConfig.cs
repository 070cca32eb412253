using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Orchestrator.Network;

/// <summary>What a network is, as its creator declared it plus what was filled in (id, pools, bridge name).</summary>
/// <remarks>Whoever reads one gets every default resolved; the record is what is persisted.</remarks>
public sealed record NetworkConfig
{
    /// <summary>64 hex digits for a local network; whatever the cluster calls it for an overlay. Empty: made by
    /// us.</summary>
    public string Id { get; init; } = "";

    public required string Name { get; init; }

    /// <summary><c>bridge</c>, <c>macvlan</c>, <c>ipvlan</c>, <c>vlan</c>, <c>overlay</c>, <c>host</c> or
    /// <c>none</c>.</summary>
    public string Driver { get; init; } = NetworkDrivers.Bridge;

    /// <summary>One of IPv4, then with <see cref="EnableIPv6"/> one of IPv6. What is missing of a local network is cut
    /// from the node's pools.</summary>
    public ImmutableArray<IpamPool> Pools { get; init; } = [];

    /// <summary>Its containers have addresses of IPv6, too.</summary>
    public bool EnableIPv6 { get; init; }

    /// <summary>Null: it has no IPv6.</summary>
    [JsonIgnore]
    public IpamPool? Pool6 => Pools.FirstOrDefault(pool => pool.IsIPv6);

    /// <summary>No route out of the network, no published ports.</summary>
    public bool Internal { get; init; }

    /// <summary>Containers of the network may talk to one another. False isolates every port of the bridge.</summary>
    public bool Icc { get; init; } = true;

    /// <summary>Payload bytes of a packet; null: that of the node, less the encapsulation for an overlay.</summary>
    public int? Mtu { get; init; }

    /// <summary>VXLAN network identifier, overlays only.</summary>
    public int? Vni { get; init; }

    /// <summary>How its packets travel between nodes, in the words of <see cref="Model.NetworkEncryption"/>; empty: in
    /// the clear.</summary>
    public string Encryption { get; init; } = "";

    /// <summary>The overlay that carries the routing mesh.</summary>
    public bool Ingress { get; init; }

    public bool Attachable { get; init; }

    /// <summary><c>local</c> or <c>swarm</c>.</summary>
    public string Scope { get; init; } = "local";

    /// <summary>It is the cluster's, which gives its addresses.</summary>
    [JsonIgnore]
    public bool IsOfCluster => Scope == "swarm";

    /// <summary>Settings for others to take: nothing is made of it, and nobody connects to it.</summary>
    public bool ConfigOnly { get; init; }

    /// <summary>Name of the network that the settings were taken from; empty: of none.</summary>
    public string ConfigFrom { get; init; } = "";

    /// <summary>Driver options under docker's names, e.g. <c>com.docker.network.bridge.name</c>.</summary>
    public ImmutableDictionary<string, string> Options { get; init; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Gateways that a bridge which somebody made before us was given as addresses: these are taken off it in the
    /// end.</summary>
    public ImmutableArray<string> GivenToBridge { get; init; } = [];

    public DateTimeOffset Created { get; init; }
}
