using System.Buffers.Binary;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Returning;

/// <summary>How answers get back to the node through which a client came in.</summary>
/// <param name="Link">The container's link into the ingress overlay.</param>
/// <param name="Node">That node's address there.</param>
internal sealed record WayBack(string Link, IPAddress Node)
{
    /// <summary>The highest byte of every mark and table of ours: an <c>o</c>.</summary>
    public const uint Base = 0x6f00_0000, BaseMask = 0xff00_0000;

    /// <summary>Before the kernel's own rule for the main table, after whatever an administrator puts first.</summary>
    public const int Priority = 30_000;

    public static bool IsOurs(uint markOrTable) => (markOrTable & BaseMask) == Base;

    /// <summary>Tells the node: the low bytes of its address, which no two of an ingress overlay have alike.</summary>
    public uint Mark => Base | (BinaryPrimitives.ReadUInt32BigEndian(Four.GetAddressBytes()) & ~BaseMask);

    public MacAddress Mac => MacAddress.Derive(Four);

    public IpFamily Family => IpFamily.Of(Node);

    public RuleSpec Rule => new()
    {
        Mark = Mark, Mask = uint.MaxValue, Table = (int)Mark, Priority = Priority, IsIPv6 = Family.IsIPv6,
    };

    /// <summary>An address of IPv6 ends in the one of IPv4 that it goes with.</summary>
    private IPAddress Four => new(Node.GetAddressBytes().AsSpan()[^4..]);

    /// <param name="index">Of the link.</param>
    public RouteSpec Route(int index) => new()
    {
        Destination = Everywhere.Of(Node), Gateway = Node, Link = index, Table = (int)Mark,
    };
}
