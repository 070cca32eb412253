namespace Orchestrator.Network.Overlays;

/// <summary>A local port of an overlay and the only addresses it may send from.</summary>
internal sealed record GuardedPort(string Link, string Mac, string Address);

/// <summary>nftables text that keeps containers from sending under another's address. Pure.</summary>
internal static class GuardTable
{
    public const string Name = "orch_guard";

    /// <param name="mesh">The host's own port, by which packets of clients come in; null: it has none.</param>
    /// <param name="subnet">The overlay's, from whose addresses no client comes.</param>
    public static string Replace(IReadOnlyCollection<GuardedPort> ports, GuardedPort? mesh, string subnet)
    {
        var clients = mesh is null ? ""
            : $"ether type ip iifname \"{mesh.Link}\" ether saddr {mesh.Mac} ip saddr != {subnet} accept";
        var elements = ports.Count == 0
            ? ""
            : $"elements = {{ {string.Join(", ", ports.Select(p => $"\"{p.Link}\" . {p.Mac} . {p.Address}"))} }};";
        return $$"""
            table bridge {{Name}}
            delete table bridge {{Name}}
            table bridge {{Name}} {
              set senders { type ifname . ether_addr . ipv4_addr; {{elements}} }
              chain prerouting {
                type filter hook prerouting priority -300; policy drop;
                iifname "{{OverlayFabric.Vxlan}}" accept
                {{clients}}
                ether type ip iifname . ether saddr . ip saddr @senders accept
                ether type arp iifname . ether saddr . arp saddr ip @senders accept
              }
            }

            """;
    }
}
