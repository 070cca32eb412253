using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Nftables;

namespace Orchestrator.Network.Hosting;

/// <summary>What differs between IPv4 and IPv6 in nftables text: all tables are written once, for either.</summary>
/// <param name="Table">Family of the table, which is also the word for a header's field: <c>ip</c>, <c>ip6</c>.</param>
/// <param name="AddressType">Type of an address in sets and maps.</param>
/// <param name="Loopback">What only the host itself may use.</param>
/// <param name="Any">Address that stands for all of a host's.</param>
internal sealed record IpFamily(string Table, string AddressType, string Loopback, string Any)
{
    public static IpFamily V4 { get; } = new("ip", "ipv4_addr", "127.0.0.0/8", "0.0.0.0");

    public static IpFamily V6 { get; } = new("ip6", "ipv6_addr", "::1", "::");

    /// <summary>The smallest size of packets at which the kernel lets a link have IPv6. Source: RFC 8200 §5.</summary>
    public const int SmallestMtuOfIPv6 = 1280;

    public static IpFamily[] Both { get; } = [V4, V6];

    public bool IsIPv6 => this == V6;

    public AddressFamily Sockets => IsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    public static IpFamily Of(string address) => address.Contains(':', StringComparison.Ordinal) ? V6 : V4;

    public static IpFamily Of(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? V6 : V4;

    public TableId TableNamed(string name) => IsIPv6 ? TableId.Ip6(name) : TableId.Ip(name);

    /// <summary>Text that leaves no table of a name, whether or not there was one.</summary>
    public string Delete(string table) => $"table {Table} {table}\ndelete table {Table} {table}\n";
}
