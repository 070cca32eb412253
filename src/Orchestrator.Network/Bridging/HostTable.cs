using System.Net;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Balancing;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Underlays;

namespace Orchestrator.Network.Bridging;

/// <summary>A bridge of ours as the firewall sees it.</summary>
/// <param name="Subnet6">Null: it has no IPv6.</param>
/// <param name="Masquerades">What leaves it for another link has the host's address.</param>
/// <param name="Isolated">Its containers do not reach each other.</param>
internal sealed record HostBridge(
    string Name, string Subnet, string? Subnet6, bool Internal, bool Masquerades = true, bool Isolated = false)
{
    public string? SubnetOf(IpFamily family) => family.IsIPv6 ? Subnet6 : Subnet;
}

/// <summary>A published port: where it is taken and where it leads, both of one family.</summary>
internal sealed record HostPort(PortBinding Binding, string ContainerAddress)
{
    public IpFamily Family => IpFamily.Of(ContainerAddress);
}

/// <summary>Our nftables tables in the host's namespace, as text: one of each family, of one pattern. Pure.</summary>
/// <remarks>
/// Own tables, so nobody else's rules are read or touched. Replaced whole, in one transaction, when a bridge comes or
/// goes; a port that comes or goes is one element of a map.
/// </remarks>
internal static class HostTable
{
    public const string Name = "orch";

    private const string Ports = "ports", PortsAt = "ports_at", Held = "held";

    /// <summary>The kernel lets no answer of another link in to ::1. Whoever tries that first is told so at once, and
    /// goes on to 127.0.0.1.</summary>
    private const string NotOfLoopback = "    ip6 daddr ::1 return";

    private const string TalesOfWays = """
                icmp type destination-unreachable icmp code frag-needed fib daddr type != unicast drop
                icmp type redirect fib daddr type != unicast drop
        """;

    private const string TalesOfWays6 = "    icmpv6 type { packet-too-big, nd-redirect } fib daddr type != unicast drop";

    private const string RefuseLoopback = """
          chain loopback {
            type filter hook output priority filter; policy accept;
            ip6 daddr ::1 meta l4proto tcp meta l4proto . th dport @held reject with tcp reset
            ip6 daddr ::1 meta l4proto . th dport @held reject
          }
        """;

    /// <summary>The whole table of one family, in one transaction.</summary>
    /// <param name="ownPorts">TCP ports of the daemon, which no container is to reach.</param>
    /// <param name="vxlanPort">Where nodes listen for each other's overlays: containers must not speak for a node,
    /// neither under its address nor, masqueraded, under this one's.</param>
    public static string Replace(
        IpFamily family, IReadOnlyList<HostBridge> allBridges, IEnumerable<HostPort> allPorts, IEnumerable<int> ownPorts,
        UnderlayModel underlay, int vxlanPort)
    {
        var (ip, address) = (family.Table, family.AddressType);
        var bridges = allBridges.Where(b => b.SubnetOf(family) is not null).ToList();
        var ports = Elements(family, allPorts).Distinct().ToLookup(e => e.Set);
        var all = Elements(bridges.Select(b => Quote(b.Name)));
        var closed = Elements(bridges.Where(b => b.Internal).Select(b => Quote(b.Name)));
        var inside = Elements(allBridges.Select(b => b.Name).Append(IngressTable.LinkName).Select(Quote));
        var masked = Elements(bridges.Where(b => !b.Internal && b.Masquerades).Select(b => b.SubnetOf(family)!));
        var routed = Elements(bridges.Where(b => !b.Internal && !b.Masquerades).Select(b => b.SubnetOf(family)!));
        return $$"""
            {{family.Delete(Name)}}
            table {{ip}} {{Name}} {
              set inside { type ifname; {{inside}} }
              set bridges { type ifname; {{all}} }
              set internal { type ifname; {{closed}} }
              set subnets { type {{address}}; flags interval; {{masked}} }
              set routed { type {{address}}; flags interval; {{routed}} }
              map ports { type inet_proto . inet_service : {{address}} . inet_service; {{NftElement.List(ports[Ports])}} }
              map ports_at { type {{address}} . inet_proto . inet_service : {{address}} . inet_service; {{NftElement.List(ports[PortsAt])}} }
              set held { type inet_proto . inet_service; {{NftElement.List(ports[Held])}} }

              set own { type inet_service; {{Elements(ownPorts.Select(p => $"{p}"))}} }
            {{UnderlayRules.Sets(family, underlay)}}

              # Every packet of the host comes by here, those of its overlays too.
              chain raw_in {
                type filter hook prerouting priority raw; policy accept;
            {{UnderlayRules.First(family, underlay, vxlanPort)}}
                # Before it is looked at who says that he is a node: a container may, too.
                iifname @inside jump neighbours
            {{UnderlayRules.Incoming(family, underlay, vxlanPort)}}
              }
            {{UnderlayRules.Outgoing(underlay, vxlanPort)}}
              # route_localnet would let a neighbour reach what listens on the host's loopback.
              chain neighbours {
                {{ip}} daddr {{family.Loopback}} drop
                # Nor does one speak for the host's own programs: for its sake the kernel takes such sources there, too.
                {{ip}} saddr {{family.Loopback}} drop
                # Not to another node's address, which is looked at where packets are sent on: then the host would take it.
                udp dport {{vxlanPort}} fib daddr type != unicast drop
                # Nor does one tell the host of ways, or of how large a packet may be on them: it would believe it of any way.
            {{(family.IsIPv6 ? TalesOfWays6 : TalesOfWays)}}
                # Of no connection, and opening none: so it would pass the looks at what opens one, and be told of ports.
                tcp flags & (syn | ack | rst) == 0x0 fib daddr type local drop
                # Sent to all, and for the host alone: so it would pass the looks at what opens a connection.
                meta pkttype != host fib daddr type local drop
                iifname @bridges fib daddr type local jump strangers
                iifname @bridges meta l4proto udp fib daddr type { broadcast, multicast } jump strangers
              }
              chain published {
                dnat {{ip}} to {{ip}} daddr . meta l4proto . th dport map @ports_at
                dnat {{ip}} to meta l4proto . th dport map @ports
              }
              chain prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                iifname @internal return
                # Translated, it would no longer be what the kernel refuses: the wire's packet to the host's loopback.
                {{ip}} daddr {{family.Loopback}} return
                fib daddr type local jump published
              }
              chain output {
                type nat hook output priority -100; policy accept;
            {{(family.IsIPv6 ? NotOfLoopback : "")}}
                fib daddr type local jump published
              }
            {{(family.IsIPv6 ? RefuseLoopback : "")}}
              chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                {{ip}} saddr {{family.Loopback}} oifname @bridges masquerade
            {{Hairpins(family, bridges)}}
                # Nor does one have a node answer to where overlays are heard.
                {{ip}} saddr @subnets oifname != @bridges udp sport {{vxlanPort}} masquerade to :49152-65535
                # Who answers may be on the caller's network, too, and would answer by that: as nobody whom the caller asked.
                {{ip}} saddr @subnets oifname @bridges ct status dnat masquerade
                {{ip}} saddr @subnets oifname != @bridges masquerade
              }
              # Whose address the host would not look for there: neither does he open a connection, nor answer for somebody
              # on one that is open. Of our own the bridges' table knows whose they are.
              chain strangers {
                {{ip}} saddr {{family.Any}} return
                {{ip}} saddr @subnets return
                {{ip}} saddr @routed return
                fib saddr . iif oif missing drop
              }
              # Of this type, so that only what opens a connection comes by: who is refused never has one.
              chain input {
                type nat hook input priority 100; policy accept;
                tcp dport @own iifname @inside reject with tcp reset
              }
              chain forward {
                type filter hook forward priority filter; policy accept;
            {{SameBridge(bridges)}}
                iifname @bridges jump strangers
                iifname @internal drop
                oifname @internal drop
                # Of no connection, so not translated: it would leave under the container's own address.
                iifname @bridges oifname != @bridges ct state invalid {{ip}} saddr @subnets drop
                # To another node it would come from this one; of a task's answer to a client that is true, too.
                iifname @inside udp dport {{vxlanPort}} {{ip}} saddr != @routed drop
                oifname @bridges ct state established,related accept
                oifname @bridges ct status dnat accept
                oifname @bridges drop
              }
            }

            """;
    }

    /// <summary>What published ports that come or go change.</summary>
    public static NftBatch Change(IpFamily family, IEnumerable<HostPort> gone, IEnumerable<HostPort> come) =>
        NftBatch.Between(family.TableNamed(Name), Elements(family, gone), Elements(family, come));

    /// <summary>What nodes and overlays that come or go change, as long as there are overlays.</summary>
    public static NftBatch Change(IpFamily family, UnderlayModel from, UnderlayModel to) =>
        UnderlayRules.Change(family, family.TableNamed(Name), from, to);

    private static IEnumerable<NftElement> Elements(IpFamily family, IEnumerable<HostPort> ports) =>
        ports.Where(port => port.Family == family).SelectMany(ElementsOf);

    private static IEnumerable<NftElement> ElementsOf(HostPort port)
    {
        var (protocol, published) = (NftValue.Protocol(port.Binding.Protocol), NftValue.Port(port.Binding.HostPort));
        var target = NftValue.Join(NftValue.Of(IPAddress.Parse(port.ContainerAddress)), NftValue.Port(port.Binding.ContainerPort));
        if (port.Binding.HostIp is not ("" or "0.0.0.0" or "::"))
        {
            yield return new NftElement(
                PortsAt, NftValue.Join(NftValue.Of(IPAddress.Parse(port.Binding.HostIp)), protocol, published), target);
            yield break;
        }

        yield return new NftElement(Ports, NftValue.Join(protocol, published), target);
        yield return new NftElement(Held, NftValue.Join(protocol, published));
    }

    /// <summary>A container that calls a published port of its own network must see the answer come from the host, also
    /// where nothing else is masqueraded.</summary>
    private static string Hairpins(IpFamily family, IEnumerable<HostBridge> bridges) => string.Join(
        '\n', bridges.Where(b => !b.Masquerades).Select(
            b => $"    {family.Table} saddr {b.SubnetOf(family)} oifname {Quote(b.Name)} ct status dnat masquerade"));

    /// <summary>Frames between ports of a bridge come by here only where the host calls iptables for them; let them.
    /// Where ports are kept apart there are none: that would be a neighbour's packet, sent to the gateway's hardware
    /// address to be handed back into the bridge.</summary>
    private static string SameBridge(IEnumerable<HostBridge> bridges) => string.Join('\n', bridges.Where(b => !b.Isolated).Select(b =>
        $"    iifname {Quote(b.Name)} oifname {Quote(b.Name)} accept"));

    private static string Elements(IEnumerable<string> elements)
    {
        var list = string.Join(", ", elements);
        return list.Length == 0 ? "" : $"elements = {{ {list} }};";
    }

    private static string Quote(string name) => $"\"{name}\"";
}
