using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Bridging;

/// <summary>The containers of one bridge.</summary>
/// <param name="Key">Letters and digits.</param>
/// <param name="Gateways">Addresses of both families that are the network's own.</param>
/// <param name="Router">Hardware address of the gateway; null: it is another machine's, and not known.</param>
internal sealed record Neighbourhood(
    string Key, IReadOnlyCollection<string> Gateways, MacAddress? Router, IReadOnlyCollection<GuardedPort> Ports);

/// <summary>nftables text by which no container on a bridge passes for its neighbour or for the gateway. Pure.</summary>
/// <remarks>
/// Less strict than an overlay's guard: an address that is nobody's there may be taken, as keepalived does it, and what lies
/// behind a container, be it another network, may be handed on by it. What is a neighbour's may not. A port that is none of
/// ours is let alone.
/// </remarks>
internal static class NeighbourTable
{
    public const string Name = "orch_neighbours";

    public static TableId Id { get; } = TableId.Bridge(Name);

    private const string Cards = "cards", Owners = "owners", Owners6 = "owners6", Advertisers = "advertisers", Ports = "ports";
    private const string Fours = "fours", Sixes = "sixes";

    public const string Delete = $"table bridge {Name}\ndelete table bridge {Name}\n";

    /// <summary>The whole table, in one transaction.</summary>
    public static string Replace(IReadOnlyCollection<Neighbourhood> all)
    {
        var elements = all.SelectMany(Elements).Distinct().ToLookup(e => e.Set);
        return $$"""
            {{Delete}}
            table bridge {{Name}} {
              set {{Cards}} { type ifname . ether_addr; {{NftElement.List(elements[Cards])}} }
              set {{Owners}} { type ifname . ipv4_addr; {{NftElement.List(elements[Owners])}} }
              set {{Owners6}} { type ifname . ipv6_addr; {{NftElement.List(elements[Owners6])}} }
              set {{Fours}} { type ifname; {{NftElement.List(elements[Fours])}} }
              set {{Sixes}} { type ifname; {{NftElement.List(elements[Sixes])}} }
              set {{Advertisers}} { typeof iifname . @th,64,128; {{NftElement.List(elements[Advertisers])}} }
            {{string.Join('\n', all.Select(one => Chain(one.Key, elements)))}}
              map {{Ports}} { type ifname : verdict; {{NftElement.List(elements[Ports])}} }
              chain prerouting {
                type filter hook prerouting priority -300; policy accept;
                iifname vmap @{{Ports}}
              }
              # To the host itself. By a bridge that somebody made before us it may have IPv6, and listen to a router.
              chain input {
                type filter hook input priority -300; policy accept;
                ether type ip6 iifname @{{Fours}} drop
                icmpv6 type nd-router-advert iifname @{{Sixes}} drop
              }
            }

            """;
    }

    public static NftBatch Add(string key, GuardedPort port) => new NftBatch(Id).Add(ElementsOf(key, port));

    /// <summary>Whether or not all of it is there: what is added first can be deleted.</summary>
    public static NftBatch Remove(string key, GuardedPort port) => Add(key, port).Delete(ElementsOf(key, port));

    private static string Chain(string key, ILookup<string, NftElement> elements) => $$"""
          set macs_{{key}} { type ether_addr; {{NftElement.List(elements[$"macs_{key}"])}} }
          set addresses_{{key}} { type ipv4_addr; {{NftElement.List(elements[$"addresses_{key}"])}} }
          set addresses6_{{key}} { type ipv6_addr; {{NftElement.List(elements[$"addresses6_{key}"])}} }
          set advertised_{{key}} { typeof @th,64,128; {{NftElement.List(elements[$"advertised_{key}"])}} }
          chain of_{{key}} {
            iifname . ether saddr != @cards ether saddr @macs_{{key}} drop
            # For the bridge itself, which speaks none of the protocols that these are for.
            ether daddr & ff:ff:ff:ff:ff:f0 == 01:80:c2:00:00:00 drop
            # A frame for no VLAN in particular, or for the one that is everybody's, is taken for one without a tag.
            ether type { 8021q, 8021ad } @ll,116,12 { 0, 1 } drop
            ether type ip iifname . ip saddr @owners accept
            ether type ip ip saddr @addresses_{{key}} drop
            ether type arp iifname . arp saddr ip != @owners arp saddr ip @addresses_{{key}} drop
            # In pieces what is advertised is not seen; none is that large. Source: RFC 6980.
            icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, nd-redirect } exthdr frag exists drop
            icmpv6 type nd-neighbor-advert iifname . @th,64,128 != @advertisers @th,64,128 @advertised_{{key}} drop
            # A program that listens for both families takes it for a packet of IPv4.
            ip6 saddr ::ffff:0:0/96 drop
            ether type ip6 iifname . ip6 saddr != @owners6 ip6 saddr @addresses6_{{key}} drop
          }
        """;

    private static IEnumerable<NftElement> Elements(Neighbourhood of) =>
    [
        .. of.Ports.SelectMany(port => ElementsOf(of.Key, port)),
        .. of.Router is { } mac ? [new NftElement($"macs_{of.Key}", NftValue.Of(mac))] : (NftElement[])[],
        .. of.Gateways.SelectMany(gateway => Taken(of.Key, IPAddress.Parse(gateway))),
    ];

    private static IEnumerable<NftElement> ElementsOf(string key, GuardedPort port)
    {
        var (link, mac) = (NftValue.Link(port.Link), NftValue.Of(port.Mac));
        return
        [
            new NftElement(Cards, NftValue.Join(link, mac)),
            new NftElement($"macs_{key}", mac),
            .. IpFamily.Both.SelectMany(port.AddressesOf).SelectMany(address => Taken(key, address).Concat(Owned(link, address))),
            new NftElement(Ports, link, NftValue.Jump($"of_{key}")),
            new NftElement(port.AddressesOf(IpFamily.V6).Any() ? Sixes : Fours, link),
        ];
    }

    private static IEnumerable<NftElement> Owned(NftValue link, IPAddress address) => IpFamily.Of(address).IsIPv6
        ? [
            new NftElement(Owners6, NftValue.Join(link, NftValue.Of(address))),
            new NftElement(Advertisers, NftValue.Join(link, NftValue.Bytes(address.GetAddressBytes()))),
        ]
        : [new NftElement(Owners, NftValue.Join(link, NftValue.Of(address)))];

    private static IEnumerable<NftElement> Taken(string key, IPAddress address) => IpFamily.Of(address).IsIPv6
        ? [
            new NftElement($"addresses6_{key}", NftValue.Of(address)),
            new NftElement($"advertised_{key}", NftValue.Bytes(address.GetAddressBytes())),
        ]
        : [new NftElement($"addresses_{key}", NftValue.Of(address))];
}
