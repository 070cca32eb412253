using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Orchestrator.Network;

/// <summary>Addresses of one network, in text as the user sees them.</summary>
/// <param name="Subnet">CIDR, e.g. <c>172.17.0.0/16</c>.</param>
/// <param name="Gateway">Address of the bridge itself; null: the first of the subnet.</param>
/// <param name="IpRange">CIDR within the subnet that addresses are taken from; null: all of it.</param>
/// <param name="Auxiliary">Addresses that are never given out, by the names their users have; null: none.</param>
public sealed record IpamPool(
    string Subnet, string? Gateway = null, string? IpRange = null,
    ImmutableDictionary<string, string>? Auxiliary = null)
{
    [JsonIgnore]
    public bool IsIPv6 => Subnet.Contains(':', StringComparison.Ordinal);

    /// <summary>Addresses that are never given out, by the names their users have.</summary>
    [JsonIgnore]
    public ImmutableDictionary<string, string> Reserved => Auxiliary ?? ImmutableDictionary<string, string>.Empty;
}
