using System.Net;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Overlays;

/// <summary>nftables text that keeps containers from sending under another's address. Pure.</summary>
internal static class GuardTable
{
    public const string Name = "orch_guard";

    /// <param name="mesh">The host's own port, by which packets of clients come in; null: it has none.</param>
    /// <param name="subnets">The overlay's, from whose addresses no client comes.</param>
    public static string Replace(IReadOnlyCollection<GuardedPort> ports, GuardedPort? mesh, IEnumerable<string> subnets)
    {
        var clients = mesh is null ? "" : string.Join("\n    ", subnets.GroupBy(s => IpFamily.Of(s).Table)
            .Select(s => $"ether type {s.Key} iifname \"{mesh.Link}\" ether saddr {mesh.Mac} "
                + $"{s.Key} saddr != {{ {string.Join(", ", s.Key == "ip6" ? s.Append("fe80::/10") : s)} }} accept"));
        var six = ports.SelectMany(p => p.AddressesOf(IpFamily.V6).Select(a => (Port: p, Address: a))).ToList();
        return $$"""
            table bridge {{Name}}
            delete table bridge {{Name}}
            table bridge {{Name}} {
              set senders {
                type ifname . ether_addr . ipv4_addr
                {{Elements(ports.SelectMany(p => p.AddressesOf(IpFamily.V4).Select(a => Sender(p, a))))}}
              }
              set senders6 {
                type ifname . ether_addr . ipv6_addr
                {{Elements(six.Select(s => Sender(s.Port, s.Address)))}}
              }
              set neighbours {
                typeof iifname . @th,64,128
                {{Elements(six.Select(s => $"\"{s.Port.Link}\" . {GuardedPort.Digits(s.Address)}"))}}
              }
              chain prerouting {
                type filter hook prerouting priority -300; policy drop;
                iifname "{{OverlayFabric.Vxlan}}" accept
                {{clients}}
                ether type ip iifname . ether saddr . ip saddr @senders accept
                ether type arp iifname . ether saddr . arp saddr ip @senders accept
                # None is a router, and who has an address says so for his own alone: the target of what he advertises.
                icmpv6 type { nd-router-solicit, nd-router-advert, nd-redirect } drop
                icmpv6 type nd-neighbor-advert iifname . @th,64,128 != @neighbours drop
                ether type ip6 iifname . ether saddr . ip6 saddr @senders6 accept
              }
            }

            """;
    }

    private static string Sender(GuardedPort port, IPAddress address) => $"\"{port.Link}\" . {port.Mac} . {address}";

    private static string Elements(IEnumerable<string> elements)
    {
        var list = string.Join(", ", elements);
        return list.Length == 0 ? "" : $"elements = {{ {list} }}";
    }
}
