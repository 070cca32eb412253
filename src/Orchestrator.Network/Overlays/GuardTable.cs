using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Overlays;

/// <summary>Who may send what on a node's part of an overlay.</summary>
/// <param name="Mesh">The host's own port, by which packets of clients come in; null: it has none.</param>
/// <param name="Subnets">The overlay's, from whose addresses no client comes.</param>
internal sealed record GuardModel(ImmutableArray<GuardedPort> Ports, GuardedPort? Mesh, ImmutableArray<string> Subnets)
{
    public bool HasClientsOf(GuardModel other) =>
        Mesh?.Link == other.Mesh?.Link && Mesh?.Mac == other.Mesh?.Mac && Subnets.SequenceEqual(other.Subnets);
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
                type ifname . ether_addr . ipv4_addr
                {{NftElement.List(elements[Senders])}}
              }
              set senders6 {
                type ifname . ether_addr . ipv6_addr
                {{NftElement.List(elements[Senders6])}}
              }
              set neighbours {
                typeof iifname . @th,64,128
                {{NftElement.List(elements[Neighbours])}}
              }
              chain prerouting {
                type filter hook prerouting priority -300; policy drop;
                iifname "{{OverlayFabric.Vxlan}}" accept
                {{Clients(model)}}
                ether type ip iifname . ether saddr . ip saddr @senders accept
                ether type arp iifname . ether saddr . arp saddr ip @senders accept
                # None is a router, and who has an address says so for his own alone: the target of what he advertises.
                icmpv6 type { nd-router-solicit, nd-router-advert, nd-redirect } drop
                # In pieces what is advertised is not seen; none is that large. Source: RFC 6980.
                icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } exthdr frag exists drop
                icmpv6 type nd-neighbor-advert iifname . @th,64,128 != @neighbours drop
                ether type ip6 iifname . ether saddr . ip6 saddr @senders6 accept
              }
            }

            """;
    }

    /// <summary>What differs between two that let in the same clients.</summary>
    public static NftBatch Change(GuardModel from, GuardModel to) => NftBatch.Between(Id, Elements(from), Elements(to));

    private static string Clients(GuardModel model) => model.Mesh is not { } mesh ? "" : string.Join(
        "\n    ", model.Subnets.GroupBy(s => IpFamily.Of(s).Table).Select(s =>
            $"ether type {s.Key} iifname \"{mesh.Link}\" ether saddr {mesh.Mac} "
            + $"{s.Key} saddr != {{ {string.Join(", ", s.Key == "ip6" ? s.Append("fe80::/10") : s)} }} accept"));

    private static IEnumerable<NftElement> Elements(GuardModel model) =>
        model.Ports.Concat(model.Mesh is { } mesh ? [mesh] : []).SelectMany(ElementsOf);

    private static IEnumerable<NftElement> ElementsOf(GuardedPort port)
    {
        var (link, mac) = (NftValue.Link(port.Link), NftValue.Of(port.Mac));
        foreach (var address in port.AddressesOf(IpFamily.V4))
            yield return new NftElement(Senders, NftValue.Join(link, mac, NftValue.Of(address)));
        foreach (var address in port.AddressesOf(IpFamily.V6))
        {
            yield return new NftElement(Senders6, NftValue.Join(link, mac, NftValue.Of(address)));
            yield return new NftElement(Neighbours, NftValue.Join(link, NftValue.Bytes(address.GetAddressBytes())));
        }
    }
}
