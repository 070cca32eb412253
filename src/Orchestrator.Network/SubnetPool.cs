using System.Collections.Immutable;

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
}
