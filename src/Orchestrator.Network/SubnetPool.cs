using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Network.Addressing;

namespace Orchestrator.Network;

/// <summary>A block that subnets of one size are cut from.</summary>
/// <param name="Base">CIDR of the block.</param>
/// <param name="Size">Prefix length of each subnet.</param>
public sealed record SubnetPool(string Base, int Size)
{
    /// <summary>Docker's: 172.17.0.0/16 to 172.31.0.0/16, then 192.168.0.0/16 in /20.</summary>
    public static ImmutableArray<SubnetPool> Defaults { get; } =
    [
        .. Enumerable.Range(17, 15).Select(n => new SubnetPool($"172.{n}.0.0/16", 16)),
        new SubnetPool("192.168.0.0/16", 20),
    ];

    /// <summary>A /48 of unique local addresses that is this node's own, in subnets of /64.</summary>
    /// <param name="nodeId">The same text gives the same block. Source: RFC 4193 §3.2.</param>
    public static SubnetPool UniqueLocal(string nodeId)
    {
        byte[] block = [0xfd, .. SHA256.HashData(Encoding.UTF8.GetBytes(nodeId)).AsSpan(0, 5), .. new byte[10]];
        return new SubnetPool($"{new IPAddress(block)}/48", 64);
    }

    /// <summary>What a node cuts from: what was set, and of a family of which nothing was set the defaults.</summary>
    public static ImmutableArray<SubnetPool> Complete(IReadOnlyCollection<SubnetPool> set, string nodeId) =>
    [
        .. set,
        .. set.Any(pool => !pool.IsIPv6) ? ImmutableArray<SubnetPool>.Empty : Defaults,
        .. set.Any(pool => pool.IsIPv6) ? ImmutableArray<SubnetPool>.Empty : [UniqueLocal(nodeId)],
    ];

    private bool IsIPv6 => Base.Contains(':', StringComparison.Ordinal);

    /// <summary>What is wrong with it; null: nothing.</summary>
    public string? Fault => !Subnet.TryParse(Base, out var block)
        ? $"default-address-pools has base \"{Base}\"; write a block such as 10.10.0.0/16 or fd00:10::/48."
        : Size < block.PrefixLength || Size > (block.IsIPv6 ? 126 : 30)
            ? string.Create(CultureInfo.InvariantCulture,
                $"default-address-pools has size {Size} for {Base}; set {block.PrefixLength} to {(block.IsIPv6 ? 126 : 30)}.")
            : null;
}
