using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Underlays;

/// <summary>nftables text by which only the cluster's nodes send into its overlays: a part of the host's table. Pure.</summary>
/// <remarks>
/// VXLAN proves nothing of who sends. Packets of other people's overlays on the same port are theirs. Looked at where
/// packets are whole: a VNI could hide in the second fragment of one. What nodes send each other is not tracked: that
/// would be an entry per pair of nodes for nothing, and it costs. Each packet of an overlay comes by, so there is no chain
/// of its own for it: to enter one costs more than what is in it.
/// </remarks>
internal static class UnderlayRules
{
    private const string Nodes = "nodes", Vnis = "vnis";

    /// <summary>Of a set whose size is told the kernel makes a table that is quicker to look into.</summary>
    private const int SmallestSize = 1_024;

    public static string Sets(IpFamily family, UnderlayModel model)
    {
        var elements = Elements(family, model).ToLookup(e => e.Set);
        return $$"""
              set {{Nodes}} { type {{family.AddressType}}; size {{SizeFor(elements[Nodes].Count())}}; {{NftElement.List(elements[Nodes])}} }
              set {{Vnis}} { typeof @th,96,24; {{NftElement.List(elements[Vnis])}} }
            """;
    }

    /// <summary>Before all else that is asked of a packet: the common one of an overlay takes this way alone.</summary>
    public static string First(IpFamily family, UnderlayModel model, int vxlanPort) =>
        model.Vnis.IsEmpty || model.Uplink is not { } uplink ? "" : $$"""
                udp dport {{vxlanPort}} iif {{uplink}} {{family.Table}} saddr @{{Nodes}} notrack accept
        """;

    /// <summary>Before connections are tracked; without overlays, none.</summary>
    public static string Incoming(IpFamily family, UnderlayModel model, int vxlanPort) => model.Vnis.IsEmpty ? "" : $$"""
        {{NoNodesBy(model.Shared, vxlanPort)}}
                # A node's is known by one look, and needs no connection tracking.
                udp dport {{vxlanPort}} {{family.Table}} saddr @{{Nodes}} notrack accept
                # To ask for the state has the kernel put fragments together first. What this host sends on is not for us.
                udp dport {{vxlanPort}} @th,96,24 @{{Vnis}} ct state != untracked fib daddr type != unicast drop
        """;

    /// <summary>The chain for what leaves; without overlays, none.</summary>
    public static string Outgoing(UnderlayModel model, int vxlanPort) => model.Vnis.IsEmpty ? "" : $$"""
          chain raw_out {
            type filter hook output priority raw; policy accept;
            udp dport {{vxlanPort}} notrack
          }
        """;

    /// <summary>A container there may call itself a node: a node comes by where it would be looked for.</summary>
    private static string NoNodesBy(ImmutableSortedSet<string> links, int vxlanPort) => links.Count == 0 ? ""
        : $"        iifname {{ {string.Join(", ", links.Select(link => $"\"{link}\""))} }} udp dport {vxlanPort} fib saddr . iif oif missing drop";

    /// <summary>What differs between two that have the same rules.</summary>
    public static NftBatch Change(IpFamily family, TableId table, UnderlayModel from, UnderlayModel to) =>
        NftBatch.Between(table, Elements(family, from), Elements(family, to));

    /// <summary>One more than fits is refused, and then the whole is stated anew.</summary>
    private static int SizeFor(int count) => Math.Max(SmallestSize, (int)BitOperations.RoundUpToPowerOf2((uint)count) * 2);

    private static IEnumerable<NftElement> Elements(IpFamily family, UnderlayModel model) =>
        model.Vnis.Select(vni => new NftElement(Vnis, Vni(vni))).Concat(model.Nodes
            .Where(node => IpFamily.Of(node) == family).Select(node => new NftElement(Nodes, NftValue.Of(node))));

    /// <summary>24 bits, after the UDP header and four bytes of flags.</summary>
    private static NftValue Vni(int vni)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, vni);
        return NftValue.Bytes(bytes[1..]);
    }
}
