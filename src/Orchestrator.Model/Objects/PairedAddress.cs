using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Model;

/// <summary>The IPv6 address that goes with an IPv4 address of the same network: the prefix, and the IPv4 address as its
/// last four bytes. Pure.</summary>
/// <remarks>
/// So whoever has an IPv4 address has one of IPv6 that nobody else can have, and it rests and returns with it: there is
/// nothing to give out, to keep or to agree upon. The first address of the subnet, every router's by RFC 4291, and the
/// low ones a gateway has would go with 0.0.0.0 and its like, which no network gives.
/// </remarks>
public static class PairedAddress
{
    /// <summary>Longest prefix that leaves room for an IPv4 address.</summary>
    public const int LongestPrefix = 96;

    /// <param name="subnet">CIDR of IPv6.</param>
    /// <param name="address">Of IPv4, with or without a prefix length.</param>
    /// <returns>Without prefix length; null when either is none.</returns>
    public static string? Of(string subnet, string address)
    {
        if (!IPNetwork.TryParse(subnet, out var block) || block.PrefixLength > LongestPrefix
            || block.BaseAddress.AddressFamily != AddressFamily.InterNetworkV6
            || !IPAddress.TryParse(address.Split('/')[0], out var four)
            || four.AddressFamily != AddressFamily.InterNetwork)
            return null;
        var bytes = block.BaseAddress.GetAddressBytes();
        four.GetAddressBytes().CopyTo(bytes, 12);
        return new IPAddress(bytes).ToString();
    }
}
