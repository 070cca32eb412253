namespace Orchestrator.Network.Balancing;

/// <summary>nftables text for the routing mesh in the host's namespace. Pure.</summary>
/// <remarks>
/// Only packets to an address of the host and a published port are touched. They leave by the host's own link into the
/// ingress overlay under its address there, so that answers come back this way whichever node runs the task.
/// </remarks>
internal static class IngressTable
{
    public const string Name = "orch_ingress";

    /// <summary>The host's end of its link into the ingress overlay.</summary>
    public const string LinkName = "ing0";

    public static string Replace(IReadOnlyCollection<IngressPort> ports)
    {
        var slots = ports.SelectMany(Elements).ToList();
        var published = ports.Select(p => $"{p.Protocol} . {p.PublishedPort}").ToList();
        return $$"""
            table ip {{Name}}
            delete table ip {{Name}}
            table ip {{Name}} {
              map backends {
                typeof meta l4proto . th dport . numgen random mod {{SlotTable.Size}} : ip daddr . th dport
                {{List(slots)}}
              }
              set published {
                type inet_proto . inet_service
                {{List(published)}}
              }
              chain raw {
                type filter hook prerouting priority raw; policy accept;
                iifname "{{LinkName}}" ip daddr 127.0.0.0/8 drop
              }
              chain prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                fib daddr type local dnat ip to meta l4proto . th dport . numgen random mod {{SlotTable.Size}} map @backends
              }
              chain output {
                type nat hook output priority -100; policy accept;
                fib daddr type local dnat ip to meta l4proto . th dport . numgen random mod {{SlotTable.Size}} map @backends
              }
              chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                oifname "{{LinkName}}" masquerade
              }
              chain input {
                type filter hook input priority filter; policy accept;
                iifname "{{LinkName}}" ct state established,related accept
                # By this, orch network doctor on another node tells that the overlay reaches here.
                iifname "{{LinkName}}" icmp type echo-request accept
                iifname "{{LinkName}}" drop
                meta l4proto tcp meta l4proto . th dport @published reject with tcp reset
                meta l4proto . th dport @published reject
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

    private static IEnumerable<string> Elements(IngressPort port) =>
        SlotTable.Fill(port.Backends, "ingress").Select((backend, slot) =>
            $"{port.Protocol} . {port.PublishedPort} . {slot} : {backend} . {port.TargetPort}");

    private static string List(List<string> elements) =>
        elements.Count == 0 ? "" : $"elements = {{ {string.Join(", ", elements)} }}";
}
