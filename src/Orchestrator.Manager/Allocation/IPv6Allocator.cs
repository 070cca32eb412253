using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Model;

namespace Orchestrator.Manager.Allocation;

/// <summary>Gives networks their subnets of IPv6. Pure.</summary>
/// <remarks>Single addresses need no giving out: <see cref="PairedAddress"/>.</remarks>
internal static class IPv6Allocator
{
    private const int SubnetLength = 64;

    /// <summary>The pool of a network that has IPv6: what its spec asks for, or else the first that is free.</summary>
    /// <returns>Null: none is free.</returns>
    public static IpamPool? PoolOf(Network network, Cluster? cluster, IEnumerable<Network> others)
    {
        var asked = network.Spec.Pools.FirstOrDefault(pool => pool.IsIPv6);
        if ((asked is null ? FreeSubnet(cluster, [.. others.SelectMany(SubnetsOf)]) : Parse(asked.Subnet)) is not { } subnet)
            return null;
        return new IpamPool(subnet.ToString(), asked is { Gateway.Length: > 0 } ? asked.Gateway : First(subnet).ToString());
    }

    /// <summary>The subnets of IPv6 that a network has, or that its spec asks for.</summary>
    public static IEnumerable<IPNetwork> SubnetsOf(Network network) =>
        (network.Allocation?.Pools ?? network.Spec.Pools).Where(pool => pool.IsIPv6)
            .Select(pool => Parse(pool.Subnet)).OfType<IPNetwork>();

    public static bool Overlap(IPNetwork one, IPNetwork other) =>
        one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress);

    /// <summary>ADDRESS/LENGTH of IPv6; bits beyond the length are dropped.</summary>
    public static IPNetwork? Parse(string cidr)
    {
        var parts = cidr.Split('/');
        return parts.Length == 2 && IPAddress.TryParse(parts[0], out var address)
            && address.AddressFamily == AddressFamily.InterNetworkV6
            && int.TryParse(parts[1], out var length) && length is >= 1 and <= 128
            ? new IPNetwork(Masked(address, length), length) : null;
    }

    private static IPNetwork? FreeSubnet(Cluster? cluster, List<IPNetwork> taken) =>
        BasesOf(cluster).SelectMany(Split).Cast<IPNetwork?>()
            .FirstOrDefault(subnet => !taken.Exists(other => Overlap(subnet!.Value, other)));

    /// <summary>Blocks that the cluster was made with, or a /48 of unique local addresses derived from its id. Source:
    /// RFC 4193 §3.2.</summary>
    private static List<IPNetwork> BasesOf(Cluster? cluster)
    {
        var set = (cluster?.Spec.AddressPools ?? []).Select(Parse).OfType<IPNetwork>().ToList();
        if (set.Count > 0)
            return set;
        byte[] own =
        [
            0xfd, .. SHA256.HashData(Encoding.UTF8.GetBytes(cluster?.Id.Value ?? "")).AsSpan(0, 5), .. new byte[10],
        ];
        return [new IPNetwork(new IPAddress(own), 48)];
    }

    /// <summary>All subnets of a block, in order; there may be very many.</summary>
    private static IEnumerable<IPNetwork> Split(IPNetwork block)
    {
        var length = Math.Max(block.PrefixLength, SubnetLength);
        var first = Number(block.BaseAddress);
        for (var i = UInt128.Zero; i < UInt128.One << (length - block.PrefixLength); i++)
            yield return new IPNetwork(Address(first + (i << (128 - length))), length);
    }

    private static IPAddress First(IPNetwork subnet) => Address(Number(subnet.BaseAddress) + 1);

    private static IPAddress Masked(IPAddress address, int length) =>
        Address(Number(address) & (UInt128.MaxValue << (128 - length)));

    private static UInt128 Number(IPAddress address) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(address.GetAddressBytes());

    private static IPAddress Address(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}
