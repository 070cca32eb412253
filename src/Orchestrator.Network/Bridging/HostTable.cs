using System.Text;

namespace Orchestrator.Network.Bridging;

/// <summary>A bridge of ours as the firewall sees it.</summary>
/// <param name="Masquerades">What leaves it for another link has the host's address.</param>
internal sealed record HostBridge(string Name, string Subnet, bool Internal, bool Masquerades = true);

/// <summary>A published port: where it is taken and where it leads.</summary>
internal sealed record HostPort(PortBinding Binding, string ContainerAddress);

/// <summary>Our nftables table in the host's namespace, as text. Pure.</summary>
/// <remarks>
/// Own table, so nobody else's rules are read or touched. Replaced whole, in one transaction, when a bridge comes or
/// goes; a port that comes or goes is one element of a map.
/// </remarks>
internal static class HostTable
{
    public const string Name = "orch";

    public static string Replace(IReadOnlyList<HostBridge> bridges, IReadOnlyList<HostPort> ports, int vxlanPort)
    {
        var all = Elements(bridges.Select(b => Quote(b.Name)));
        var closed = Elements(bridges.Where(b => b.Internal).Select(b => Quote(b.Name)));
        var masked = Elements(bridges.Where(b => !b.Internal && b.Masquerades).Select(b => b.Subnet));
        return $$"""
            table ip {{Name}}
            delete table ip {{Name}}
            table ip {{Name}} {
              set bridges { type ifname; {{all}} }
              set internal { type ifname; {{closed}} }
              set subnets { type ipv4_addr; flags interval; {{masked}} }
              map ports { type inet_proto . inet_service : ipv4_addr . inet_service; {{Elements(At(ports, specific: false))}} }
              map ports_at { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; {{Elements(At(ports, specific: true))}} }

              # route_localnet would let a neighbour reach what listens on the host's loopback.
              # Encapsulated packets need no connection tracking: one entry per pair of nodes for nothing.
              chain raw_in {
                type filter hook prerouting priority raw; policy accept;
                iifname @bridges ip daddr 127.0.0.0/8 drop
                udp dport {{vxlanPort}} notrack
              }
              chain raw_out {
                type filter hook output priority raw; policy accept;
                udp dport {{vxlanPort}} notrack
              }
              chain published {
                dnat ip to ip daddr . meta l4proto . th dport map @ports_at
                dnat ip to meta l4proto . th dport map @ports
              }
              chain prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                iifname @internal return
                fib daddr type local jump published
              }
              chain output {
                type nat hook output priority -100; policy accept;
                fib daddr type local jump published
              }
              chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                ip saddr 127.0.0.0/8 oifname @bridges masquerade
            {{Hairpins(bridges)}}
                ip saddr @subnets oifname != @bridges masquerade
              }
              chain forward {
                type filter hook forward priority filter; policy accept;
            {{SameBridge(bridges)}}
                iifname @internal drop
                oifname @internal drop
                oifname @bridges ct state established,related accept
                oifname @bridges ct status dnat accept
                oifname @bridges drop
              }
            }

            """;
    }

    public static string AddPorts(IEnumerable<HostPort> ports) => Change("add", ports, withTarget: true);

    public static string DeletePorts(IEnumerable<HostPort> ports) => Change("delete", ports, withTarget: false);

    private static string Change(string verb, IEnumerable<HostPort> ports, bool withTarget)
    {
        var script = new StringBuilder();
        foreach (var port in ports)
        {
            var map = IsSpecific(port.Binding) ? "ports_at" : "ports";
            var element = withTarget ? Element(port) : Key(port.Binding);
            script.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"{verb} element ip {Name} {map} {{ {element} }}\n");
        }

        return script.ToString();
    }

    private static IEnumerable<string> At(IEnumerable<HostPort> ports, bool specific) =>
        ports.Where(p => IsSpecific(p.Binding) == specific).Select(Element);

    private static bool IsSpecific(PortBinding binding) => binding.HostIp is not ("" or "0.0.0.0");

    private static string Key(PortBinding binding) =>
        (IsSpecific(binding) ? $"{binding.HostIp} . " : "") + $"{binding.Protocol} . {binding.HostPort}";

    private static string Element(HostPort port) =>
        $"{Key(port.Binding)} : {port.ContainerAddress} . {port.Binding.ContainerPort}";

    /// <summary>A container that calls a published port of its own network must see the answer come from the
    /// host.</summary>
    private static string Hairpins(IEnumerable<HostBridge> bridges) => string.Join('\n', bridges.Select(b =>
        $"    ip saddr {b.Subnet} oifname {Quote(b.Name)} ct status dnat masquerade"));

    /// <summary>Frames between ports of a bridge come by here only where the host calls iptables for them; let
    /// them.</summary>
    private static string SameBridge(IEnumerable<HostBridge> bridges) => string.Join('\n', bridges.Select(b =>
        $"    iifname {Quote(b.Name)} oifname {Quote(b.Name)} accept"));

    private static string Elements(IEnumerable<string> elements)
    {
        var list = string.Join(", ", elements);
        return list.Length == 0 ? "" : $"elements = {{ {list} }};";
    }

    private static string Quote(string name) => $"\"{name}\"";
}
