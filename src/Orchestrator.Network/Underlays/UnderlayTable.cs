using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Network.Underlays;

/// <summary>nftables text that lets only the cluster's nodes send into its overlays. Pure.</summary>
/// <remarks>
/// VXLAN proves nothing of who sends. Packets of other people's overlays on the same port are theirs. Looked at where
/// packets are whole: a VNI could hide in the second fragment of one. What nodes send each other is not tracked: that
/// would be an entry per pair of nodes for nothing, and it costs.
/// </remarks>
internal static class UnderlayTable
{
    public const string Name = "orch_underlay";

    /// <param name="vnis">Of the overlays that this node has a part in.</param>
    /// <param name="nodes">Addresses of the nodes that have a part in one of them.</param>
    public static string Replace(IReadOnlyCollection<int> vnis, IReadOnlyCollection<IPAddress> nodes, int vxlanPort)
    {
        if (vnis.Count == 0)
            return $"table inet {Name}\ndelete table inet {Name}\n";
        var own = $"@th,96,24 {{ {string.Join(", ", vnis.Order().Select(v => $"0x{v:x}"))} }}";
        return $$"""
            table inet {{Name}}
            delete table inet {{Name}}
            table inet {{Name}} {
              set nodes { type ipv4_addr; {{Elements(nodes, AddressFamily.InterNetwork)}} }
              set nodes6 { type ipv6_addr; {{Elements(nodes, AddressFamily.InterNetworkV6)}} }
              # Each packet of an overlay comes by here: a node's is known by one look, and needs no connection tracking.
              chain prerouting {
                type filter hook prerouting priority raw; policy accept;
                udp dport {{vxlanPort}} ip saddr @nodes notrack accept
                udp dport {{vxlanPort}} ip6 saddr @nodes6 notrack accept
                # To ask for the state has the kernel put fragments together first. What this host sends on is not for us.
                udp dport {{vxlanPort}} {{own}} ct state != untracked fib daddr type != unicast drop
              }
              chain output {
                type filter hook output priority raw; policy accept;
                udp dport {{vxlanPort}} notrack
              }
            }

            """;
    }

    private static string Elements(IEnumerable<IPAddress> nodes, AddressFamily family)
    {
        var list = string.Join(
            ", ", nodes.Where(n => n.AddressFamily == family).Select(n => n.ToString()).Order(StringComparer.Ordinal));
        return list.Length == 0 ? "" : $"elements = {{ {list} }};";
    }
}
