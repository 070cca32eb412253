using System.Collections.Immutable;
using System.Net;

namespace Orchestrator.Network.Addressing;

/// <summary>Addresses that no container can have, whatever its network. Pure.</summary>
internal static class ReservedBlocks
{
    /// <remarks>Source: RFC 6890; of IPv6 RFC 4291, §2.5 to §2.7.</remarks>
    private static readonly ImmutableArray<(Subnet Block, string Use)> All =
    [
        (Subnet.Parse("0.0.0.0/8"), "for hosts without an address"),
        (Subnet.Parse("127.0.0.0/8"), "each host's own loopback"),
        (Subnet.Parse("224.0.0.0/4"), "for multicast"),
        (Subnet.Parse("240.0.0.0/4"), "reserved"),
        (Subnet.Parse("::/127"), "each host's own loopback"),
        (Subnet.Parse("fe80::/10"), "each link's own"),
        (Subnet.Parse("ff00::/8"), "for multicast"),
    ];

    /// <returns>The block that an address is of, and what that is for; null: none.</returns>
    public static (Subnet Block, string Use)? Of(IPAddress address) => All.Where(reserved => reserved.Block.Contains(address))
        .Select(reserved => ((Subnet, string)?)reserved).FirstOrDefault();

    /// <exception cref="NetworkException">Some of the subnet is among them.</exception>
    public static void Refuse(Subnet subnet)
    {
        foreach (var (block, use) in All.Where(reserved => reserved.Block.Overlaps(subnet)))
            throw new NetworkException(
                NetworkFault.Invalid,
                $"invalid subnet {subnet}: {block} is {use}; choose another, such as {(subnet.IsIPv6 ? "fd00:1::/64" : "10.1.0.0/24")}");
    }
}
