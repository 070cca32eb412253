using Orchestrator.Network.Overlays;

namespace Orchestrator.Network.Encryption;

/// <summary>nftables text that leads encrypted overlays into their tunnels, and drops what of them is not encrypted.
/// Pure.</summary>
/// <remarks>
/// Stated before an overlay's link exists, so that no packet ever leaves or enters in the clear, whatever becomes of the
/// tunnel. Incoming packets are looked at where they are whole: a VNI could hide in the second fragment of a packet.
/// <code>
///   vx0 ─► output: VNI is encrypted? mark, route anew ─► postrouting: not on its way into the tunnel? drop
///   input: VNI is encrypted, and it came in no tunnel? drop ─► vx0
/// </code>
/// </remarks>
internal static class CryptTable
{
    public const string Name = "orch_crypt";

    /// <param name="wireGuard">VNIs of overlays in the WireGuard tunnel.</param>
    /// <param name="esp">VNIs of overlays under IPsec.</param>
    public static string Replace(IReadOnlyCollection<int> wireGuard, IReadOnlyCollection<int> esp, int vxlanPort)
    {
        if (wireGuard.Count == 0 && esp.Count == 0)
            return $"table inet {Name}\ndelete table inet {Name}\n";
        var tunnelled = Match(wireGuard, vxlanPort);
        var transported = Match(esp, vxlanPort);
        return $$"""
            table inet {{Name}}
            delete table inet {{Name}}
            table inet {{Name}} {
              chain choose {
                type route hook output priority mangle; policy accept;
                {{Line(tunnelled, $"meta mark set meta mark or 0x{TunnelMarks.WireGuard:x}")}}
                {{Line(transported, $"meta mark set meta mark or 0x{TunnelMarks.Esp:x}")}}
              }
              chain out {
                type filter hook postrouting priority raw; policy accept;
                {{Line(tunnelled, $"oifname != \"{WireGuardTunnel.LinkName}\" drop")}}
                {{Line(transported, "rt ipsec missing drop")}}
              }
              chain in {
                type filter hook input priority raw; policy accept;
                {{Line(tunnelled, $"iifname != \"{WireGuardTunnel.LinkName}\" drop")}}
                {{Line(transported, "meta ipsec missing drop")}}
              }
            }

            """;
    }

    /// <summary>The VNI is the 24 bits after the UDP header and four bytes of flags.</summary>
    private static string Match(IReadOnlyCollection<int> vnis, int port) => vnis.Count == 0 ? ""
        : $"udp dport {port} @th,96,24 {{ {string.Join(", ", vnis.Order().Select(vni => $"0x{vni:x}"))} }}";

    private static string Line(string match, string rest) => match.Length == 0 ? "" : $"{match} {rest}";
}
