using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Model;

/// <summary>Addresses that no container can have, whatever its network: of one node or of the cluster. Pure.</summary>
public static class ReservedBlocks
{
    /// <remarks>Source: RFC 6890; of IPv6 RFC 4291, §2.5 to §2.7.</remarks>
    private static readonly ImmutableArray<(IPNetwork Block, string Use)> All =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "for hosts without an address"),
        (IPNetwork.Parse("127.0.0.0/8"), "each host's own loopback"),
        (IPNetwork.Parse("224.0.0.0/4"), "for multicast"),
        (IPNetwork.Parse("240.0.0.0/4"), "reserved"),
        (IPNetwork.Parse("::/127"), "each host's own loopback"),
        (IPNetwork.Parse("::ffff:0:0/96"), "IPv4's, written as IPv6"),
        (IPNetwork.Parse("fe80::/10"), "each link's own"),
        (IPNetwork.Parse("ff00::/8"), "for multicast"),
    ];

    /// <returns>What is wrong with a subnet of which some is among them, in a line; null: nothing.</returns>
    public static string? FaultOf(IPNetwork subnet)
    {
        foreach (var (block, use) in All)
        {
            if (Overlap(block, subnet))
                return $"invalid subnet {subnet}: {block} is {use}";
        }

        return null;
    }

    /// <summary>Multicast or broadcast: nobody's own.</summary>
    public static bool IsOfMany(IPAddress address) =>
        address.IsIPv6Multicast || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] >= 224);

    /// <returns>What the block is for that an address is of; null: it is of none.</returns>
    public static (IPNetwork Block, string Use)? Of(IPAddress address)
    {
        var alone = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return All.Where(reserved => Overlap(reserved.Block, alone)).Select(reserved => ((IPNetwork, string)?)reserved).FirstOrDefault();
    }

    /// <returns>A subnet of the same family that may be had.</returns>
    public static string ExampleFor(IPNetwork subnet) =>
        subnet.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "fd00:1::/64" : "10.1.0.0/24";

    /// <summary>By their bits: <see cref="IPNetwork.Contains"/> takes <c>::ffff:0:0/96</c> for all of IPv4, and of IPv6.</summary>
    private static bool Overlap(IPNetwork one, IPNetwork other)
    {
        var (bytes, others) = (one.BaseAddress.GetAddressBytes(), other.BaseAddress.GetAddressBytes());
        var bits = Math.Min(one.PrefixLength, other.PrefixLength);
        if (bytes.Length != others.Length || !bytes.AsSpan(0, bits / 8).SequenceEqual(others.AsSpan(0, bits / 8)))
            return false;
        return bits % 8 == 0 || (bytes[bits / 8] ^ others[bits / 8]) >> (8 - bits % 8) == 0;
    }
}
