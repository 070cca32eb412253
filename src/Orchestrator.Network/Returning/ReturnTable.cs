using System.Globalization;
using Orchestrator.Linux.Nftables;

namespace Orchestrator.Network.Returning;

/// <summary>nftables text that sends answers to clients of published ports back by the node they came in by. Pure.</summary>
/// <remarks>
/// A client's packet arrives with the client's own address and the hardware address of its node, which becomes a mark;
/// a rule and a route per mark lead the answers there, where the translation is undone. UDP programs answer from the
/// address of the route to the client, so there the packet is handed over as if it had been sent to that one.
/// </remarks>
internal static class ReturnTable
{
    public const string Name = "orch_return";

    private const string Nodes = "nodes";

    /// <summary>The whole table, in one transaction.</summary>
    public static string Replace(string link, ReturnFamily model)
    {
        var (family, ip) = (model.Family, model.Family.Table);
        var isOurs = $"& {Hex(WayBack.BaseMask)} == {Hex(WayBack.Base)}";
        var datagrams = model.Exit is null ? ""
            : $"iifname \"{link}\" meta l4proto udp {ip} saddr != {{ {string.Join(", ", model.Subnets)} }} meta mark {isOurs} dnat to {model.Exit}";
        return $$"""
            {{family.Delete(Name)}}
            table {{ip}} {{Name}} {
              map {{Nodes}} {
                type ether_addr : mark
                {{NftElement.List(Elements(link, model))}}
              }
              chain prerouting {
                type filter hook prerouting priority mangle; policy accept;
                iifname "{{link}}" ct direction original meta mark set ether saddr map @{{Nodes}}
                iifname "{{link}}" ct direction original meta mark {{isOurs}} ct mark set meta mark
              }
              chain datagrams {
                type nat hook prerouting priority dstnat; policy accept;
                {{datagrams}}
              }
              # Published ports are for clients; what else is on the ingress overlay has no business here.
              chain input {
                type filter hook input priority filter; policy accept;
                iifname "{{link}}" ct state new meta l4proto != {{(family.IsIPv6 ? "icmpv6" : "icmp")}} ct mark & {{Hex(WayBack.BaseMask)}} != {{Hex(WayBack.Base)}} drop
              }
              chain output {
                type route hook output priority mangle; policy accept;
                ct direction reply ct mark {{isOurs}} meta mark set ct mark
              }
            }

            """;
    }

    /// <summary>What differs between two that differ in nodes alone.</summary>
    public static NftBatch Change(string link, ReturnFamily from, ReturnFamily to) =>
        NftBatch.Between(to.Family.TableNamed(Name), Elements(link, from), Elements(link, to));

    private static IEnumerable<NftElement> Elements(string link, ReturnFamily model) =>
        model.Ways(link).Select(way => new NftElement(Nodes, NftValue.Of(way.Mac), NftValue.Number(way.Mark)));

    private static string Hex(uint value) => "0x" + value.ToString("x8", CultureInfo.InvariantCulture);
}
