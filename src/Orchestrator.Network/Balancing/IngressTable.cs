using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Balancing;

/// <summary>nftables text for the routing mesh in the host's namespace. Pure.</summary>
/// <remarks>
/// Only packets to an address of the host and a published port are touched. They leave by the host's own link into the
/// ingress overlay, and keep the client's address: the task's namespace sends its answers back by the node that a client
/// came in by. Under the host's address there leaves only what comes from its loopback, and where that is asked for.
/// </remarks>
internal static class IngressTable
{
    public const string Name = "orch_ingress";

    private const string Backends = "backends", Sticky = "sticky", MaskedTcp = "masked_tcp", MaskedUdp = "masked_udp",
        Published = "published";

    /// <summary>The host's end of its link into the ingress overlay.</summary>
    public const string LinkName = "ing0";

    /// <summary>localhost is led to tasks; and whoever asks from another address of the host, asks for a task's hardware
    /// address under the host's own there, else the guard takes the question for forged.</summary>
    public static ImmutableArray<WantedSetting> Settings { get; } =
    [
        new WantedSetting($"ipv4/conf/{LinkName}/route_localnet", "1"),
        new WantedSetting($"ipv4/conf/{LinkName}/arp_announce", "2"),
    ];

    /// <summary>Of IPv4 the host's own table sees to that, in one chain for all links.</summary>
    private const string NotToLoopback = $$"""
          chain raw {
            type filter hook prerouting priority raw; policy accept;
            ip6 daddr ::1 iifname "{{LinkName}}" drop
          }
        """;

    /// <summary>The kernel lets no answer of another link in to ::1.</summary>
    private const string NotByLoopback = """
        ip6 daddr ::1 meta l4proto . th dport @published goto unanswered
                ip6 daddr ::1 return
        """;

    /// <summary>The whole table, in one transaction.</summary>
    public static string Replace(IpFamily family, IngressModel model)
    {
        var ip = family.Table;
        var elements = Elements(family, model).ToLookup(e => e.Set);
        return $$"""
            {{family.Delete(Name)}}
            table {{ip}} {{Name}} {
              map backends {
                typeof meta l4proto . th dport . numgen random mod {{SlotTable.Size}} : {{ip}} daddr . th dport
                {{NftElement.List(elements[Backends])}}
              }
              set sticky {
                type inet_proto . inet_service
                {{NftElement.List(elements[Sticky])}}
              }
              set masked_tcp {
                type inet_service
                {{NftElement.List(elements[MaskedTcp])}}
              }
              set masked_udp {
                type inet_service
                {{NftElement.List(elements[MaskedUdp])}}
              }
              set published {
                type inet_proto . inet_service
                {{NftElement.List(elements[Published])}}
              }
            {{(family.IsIPv6 ? NotToLoopback : "")}}
              chain balance {
                meta l4proto . th dport @sticky dnat {{ip}} to meta l4proto . th dport . jhash {{ip}} saddr mod {{SlotTable.Size}} seed {{SlotTable.Seed}} map @backends
                dnat {{ip}} to meta l4proto . th dport . numgen random mod {{SlotTable.Size}} map @backends
                meta l4proto . th dport @published goto unanswered
              }
              chain unanswered {
                meta l4proto tcp reject with tcp reset
                reject
              }
              chain prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                fib daddr type local jump balance
              }
              chain output {
                type nat hook output priority -100; policy accept;
                {{(family.IsIPv6 ? NotByLoopback : "")}}
                fib daddr type local jump balance
              }
              chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                oifname "{{LinkName}}" {{ip}} saddr {{family.Loopback}} masquerade
                oifname "{{LinkName}}" meta l4proto tcp ct original proto-dst @masked_tcp masquerade
                oifname "{{LinkName}}" meta l4proto udp ct original proto-dst @masked_udp masquerade
                # An association has all addresses of both hosts: it is translated whole, or not at all.
                oifname "{{LinkName}}" meta l4proto sctp masquerade
              }
              # Of this type, so that only what opens a connection comes by; and before the host's own table, which refuses aloud.
              chain input {
                type nat hook input priority 90; policy accept;
                iifname "{{LinkName}}" goto mesh
              }
              chain mesh {
                # By this, orch network doctor on another node tells that the overlay reaches here.
                {{(family.IsIPv6 ? "icmpv6" : "icmp")}} type echo-request accept
                drop
              }
              chain forward {
                type filter hook forward priority filter; policy accept;
                iifname "{{LinkName}}" ct state established,related accept
                iifname "{{LinkName}}" drop
                oifname "{{LinkName}}" ct status dnat accept
                oifname "{{LinkName}}" drop
              }
            }

            """;
    }

    /// <summary>What differs between two.</summary>
    public static NftBatch Change(IpFamily family, IngressModel from, IngressModel to) =>
        NftBatch.Between(family.TableNamed(Name), Elements(family, from), Elements(family, to));

    private static IEnumerable<NftElement> Elements(IpFamily family, IngressModel model) =>
        model.Ports.SelectMany(port => ElementsOf(family, port, model.SeedOf(port)));

    private static IEnumerable<NftElement> ElementsOf(IpFamily family, IngressPort port, string seed)
    {
        var (protocol, published) = (NftValue.Protocol(port.Protocol), NftValue.Port(port.PublishedPort));
        var key = NftValue.Join(protocol, published);
        yield return new NftElement(Published, key);
        if (port.IsSticky)
            yield return new NftElement(Sticky, key);
        if (port is { Masquerades: true, Protocol: "tcp" or "udp" })
            yield return new NftElement(port.Protocol == "tcp" ? MaskedTcp : MaskedUdp, published);
        var slots = SlotTable.Fill(port.Backends.Where(backend => IpFamily.Of(backend) == family), seed);
        for (var slot = 0; slot < slots.Length; slot++)
            yield return new NftElement(
                Backends,
                NftValue.Join(protocol, published, NftValue.Number((uint)slot)),
                NftValue.Join(NftValue.Of(IPAddress.Parse(slots[slot])), NftValue.Port(port.TargetPort)));
    }
}
