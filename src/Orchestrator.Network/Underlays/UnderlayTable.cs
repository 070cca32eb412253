using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Network.Underlays;

/// <summary>nftables text that lets only the cluster's nodes send into its overlays. Pure.</summary>
/// <remarks>
/// VXLAN proves nothing of who sends. Packets of other people's overlays on the same port are theirs. Looked at where
/// packets are whole: a VNI could hide in the second fragment of one.
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
        var match = $"udp dport {vxlanPort} @th,96,24 {{ {string.Join(", ", vnis.Order().Select(v => $"0x{v:x}"))} }}";
        return $$"""
            table inet {{Name}}
            delete table inet {{Name}}
            table inet {{Name}} {
              set nodes { type ipv4_addr; {{Elements(nodes, AddressFamily.InterNetwork)}} }
              set nodes6 { type ipv6_addr; {{Elements(nodes, AddressFamily.InterNetworkV6)}} }
              chain input {
                type filter hook input priority raw; policy accept;
                {{match}} ip saddr != @nodes drop
                {{match}} ip6 saddr != @nodes6 drop
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
