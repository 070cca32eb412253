using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Overlays;

/// <summary>A port of an overlay, by its number: to compare that costs half of what comparing its name does.</summary>
internal readonly record struct OverlayPort(int Index, GuardedPort Owner);

/// <summary>Who may send what on a node's part of an overlay.</summary>
/// <param name="Vxlan">Number of the link by which comes what other nodes looked at.</param>
/// <param name="Mesh">The host's own port, by which packets of clients come in; null: it has none.</param>
/// <param name="Subnets">The overlay's, from whose addresses no client comes.</param>
internal sealed record GuardModel(
    int Vxlan, ImmutableArray<OverlayPort> Ports, OverlayPort? Mesh, ImmutableArray<string> Subnets)
{
    /// <summary>They differ in nothing but elements.</summary>
    public bool HasRulesOf(GuardModel other) =>
        Vxlan == other.Vxlan && Mesh?.Index == other.Mesh?.Index && Mesh?.Owner.Mac == other.Mesh?.Owner.Mac
        && Subnets.SequenceEqual(other.Subnets);
}

/// <summary>nftables text that keeps containers from sending under another's address. Pure.</summary>
internal static class GuardTable
{
    public const string Name = "orch_guard";

    private const string Senders = "senders", Senders6 = "senders6", Neighbours = "neighbours";

    public static TableId Id { get; } = TableId.Bridge(Name);

    /// <summary>The whole table, in one transaction.</summary>
    public static string Replace(GuardModel model)
    {
        var elements = Elements(model).ToLookup(e => e.Set);
        return $$"""
            table bridge {{Name}}
            delete table bridge {{Name}}
            table bridge {{Name}} {
              set senders {
                type iface_index . ether_addr . ipv4_addr
                {{NftElement.List(elements[Senders])}}
              }
              set senders6 {
                type iface_index . ether_addr . ipv6_addr
                {{NftElement.List(elements[Senders6])}}
              }
              set neighbours {
                typeof iif . @th,64,128
                {{NftElement.List(elements[Neighbours])}}
              }
              chain prerouting {
                type filter hook prerouting priority -300; policy drop;
                iif {{model.Vxlan}} accept
                {{Clients(model)}}
                ether type ip iif . ether saddr . ip saddr @senders accept
                ether type arp iif . ether saddr . arp saddr ip @senders accept
                # None is a router, and who has an address says so for his own alone: the target of what he advertises.
                icmpv6 type { nd-router-solicit, nd-router-advert, nd-redirect } drop
                # In pieces what is advertised is not seen; none is that large. Source: RFC 6980.
                icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } exthdr frag exists drop
                icmpv6 type nd-neighbor-advert iif . @th,64,128 != @neighbours drop
                ether type ip6 iif . ether saddr . ip6 saddr @senders6 accept
              }
            }

            """;
    }

    /// <summary>What differs between two that have the same rules.</summary>
    public static NftBatch Change(GuardModel from, GuardModel to) => NftBatch.Between(Id, Elements(from), Elements(to));

    private static string Clients(GuardModel model) => model.Mesh is not { } mesh ? "" : string.Join(
        "\n    ", model.Subnets.GroupBy(s => IpFamily.Of(s).Table).Select(s =>
            $"ether type {s.Key} iif {mesh.Index} ether saddr {mesh.Owner.Mac} "
            + $"{s.Key} saddr != {{ {string.Join(", ", s.Key == "ip6" ? s.Append("fe80::/10") : s)} }} accept"));

    private static IEnumerable<NftElement> Elements(GuardModel model) =>
        model.Ports.Concat(model.Mesh is { } mesh ? [mesh] : []).SelectMany(ElementsOf);

    private static IEnumerable<NftElement> ElementsOf(OverlayPort port)
    {
        var (link, mac) = (NftValue.Number((uint)port.Index), NftValue.Of(port.Owner.Mac));
        foreach (var address in port.Owner.AddressesOf(IpFamily.V4))
            yield return new NftElement(Senders, NftValue.Join(link, mac, NftValue.Of(address)));
        foreach (var address in port.Owner.AddressesOf(IpFamily.V6))
        {
            yield return new NftElement(Senders6, NftValue.Join(link, mac, NftValue.Of(address)));
            yield return new NftElement(Neighbours, NftValue.Join(link, NftValue.Bytes(address.GetAddressBytes())));
        }
    }
}
