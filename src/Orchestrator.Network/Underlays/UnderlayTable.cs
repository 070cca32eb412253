using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Underlays;

/// <summary>Who may send into this node's part of which overlays.</summary>
/// <param name="Vnis">Of the overlays that this node has a part in.</param>
/// <param name="Nodes">Addresses of the nodes that have a part in one of them.</param>
internal sealed record UnderlayModel(ImmutableArray<int> Vnis, ImmutableArray<IPAddress> Nodes);

/// <summary>nftables text that lets only the cluster's nodes send into its overlays. Pure.</summary>
/// <remarks>
/// VXLAN proves nothing of who sends. Packets of other people's overlays on the same port are theirs. Looked at where
/// packets are whole: a VNI could hide in the second fragment of one. What nodes send each other is not tracked: that
/// would be an entry per pair of nodes for nothing, and it costs.
/// </remarks>
internal static class UnderlayTable
{
    public const string Name = "orch_underlay";

    private const string Nodes = "nodes", Nodes6 = "nodes6", Own = "own";

    public static TableId Id { get; } = TableId.Inet(Name);

    /// <summary>The whole table, in one transaction; without overlays there is none.</summary>
    public static string Replace(UnderlayModel model, int vxlanPort)
    {
        if (model.Vnis.IsEmpty)
            return $"table inet {Name}\ndelete table inet {Name}\n";
        var elements = Elements(model).ToLookup(e => e.Set);
        return $$"""
            table inet {{Name}}
            delete table inet {{Name}}
            table inet {{Name}} {
              set {{Nodes}} { type ipv4_addr; {{NftElement.List(elements[Nodes])}} }
              set {{Nodes6}} { type ipv6_addr; {{NftElement.List(elements[Nodes6])}} }
              set {{Own}} { typeof @th,96,24; {{NftElement.List(elements[Own])}} }
              # Each packet of an overlay comes by here: a node's is known by one look, and needs no connection tracking.
              chain prerouting {
                type filter hook prerouting priority raw; policy accept;
                udp dport {{vxlanPort}} ip saddr @{{Nodes}} notrack accept
                udp dport {{vxlanPort}} ip6 saddr @{{Nodes6}} notrack accept
                # To ask for the state has the kernel put fragments together first. What this host sends on is not for us.
                udp dport {{vxlanPort}} @th,96,24 @{{Own}} ct state != untracked fib daddr type != unicast drop
              }
              chain output {
                type filter hook output priority raw; policy accept;
                udp dport {{vxlanPort}} notrack
              }
            }

            """;
    }

    /// <summary>What differs between two that both have overlays.</summary>
    public static NftBatch Change(UnderlayModel from, UnderlayModel to) => NftBatch.Between(Id, Elements(from), Elements(to));

    private static IEnumerable<NftElement> Elements(UnderlayModel model) =>
        model.Vnis.Select(vni => new NftElement(Own, Vni(vni))).Concat(model.Nodes.Select(
            node => new NftElement(IpFamily.Of(node).IsIPv6 ? Nodes6 : Nodes, NftValue.Of(node))));

    /// <summary>24 bits, after the UDP header and four bytes of flags.</summary>
    private static NftValue Vni(int vni)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, vni);
        return NftValue.Bytes(bytes[1..]);
    }
}
