using System.Collections.Immutable;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Overlays;

/// <summary>A port of an overlay.</summary>
/// <param name="Index">Its link's number. One that was made anew has another, and its rules are stated anew: before Linux
/// 6.16 they went with the former.</param>
/// <param name="IsLedPast">What it sends goes through a queue, from which it comes back past what hangs at the port.</param>
/// <param name="Inside">For the host's own, by which packets of clients come in: the overlay's subnets, from whose addresses
/// no client comes.</param>
internal sealed record OverlayPort(int Index, GuardedPort Owner, bool IsLedPast, ImmutableArray<string> Inside)
{
    public string Link => Owner.Link;

    /// <summary>It has the same rules, which hang where they did.</summary>
    public bool IsAs(OverlayPort other) =>
        Index == other.Index && IsLedPast == other.IsLedPast && Link == other.Link && Owner.Mac == other.Owner.Mac
        && Owner.Addresses.SequenceEqual(other.Owner.Addresses) && Inside.SequenceEqual(other.Inside);
}

/// <summary>nftables text that keeps containers from sending under another's address. Pure.</summary>
/// <remarks>
/// The rules hang at each port, so that what other nodes looked at already, which is half of all frames, does not come by,
/// and nobody's rules ask which port it is. A limit leads what a port sends past them: of such a port the same rules hang at
/// the bridge as well.
/// </remarks>
internal static class GuardTable
{
    public const string Name = "orch_guard";

    public static TableId Id { get; } = TableId.Device(Name);

    /// <summary>Of the ports that a limit leads past their own rules; only where there are such.</summary>
    public static TableId BridgeId { get; } = TableId.Bridge(Name);

    /// <summary>Both tables whole.</summary>
    public static string Replace(IReadOnlyCollection<OverlayPort> ports) => $"""
        table netdev {Name}
        delete table netdev {Name}
        table bridge {Name}
        delete table bridge {Name}
        table netdev {Name} {'{'} {'}'}
        {(ports.Any(p => p.IsLedPast) ? Bridge : "")}
        {string.Concat(ports.Select(Add))}

        """;

    /// <summary>What one port had, if anything, gives way to what it is to have.</summary>
    public static string Change(OverlayPort? from, OverlayPort? to) =>
        (from is null ? "" : Remove(from)) + (to is null ? "" : Add(to));

    private static string ChainOf(OverlayPort port) => $"by_{port.Link}";

    private static string Bridge => $$"""
        table bridge {{Name}} {
          map led { type ifname : verdict; }
          chain prerouting {
            type filter hook prerouting priority -300; policy accept;
            iifname vmap @led
          }
        }
        """;

    /// <remarks>The policy is for a chain that somebody flushes: the kernel lets it begin a moment after the rules.</remarks>
    private static string Add(OverlayPort port) => $$"""
        table netdev {{Name}} {
          chain {{ChainOf(port)}} {
            type filter hook ingress device "{{port.Link}}" priority 0; policy drop;
        {{Body(port)}}
          }
        }

        """ + (!port.IsLedPast ? "" : $$"""
        table bridge {{Name}} {
          chain {{ChainOf(port)}} {
        {{Body(port)}}
          }
        }
        add element bridge {{Name}} led { "{{port.Link}}" : goto {{ChainOf(port)}} }

        """);

    /// <remarks>The kernel may have removed the chain with its link: what is made can be deleted.</remarks>
    private static string Remove(OverlayPort port) => $$"""
        add chain netdev {{Name}} {{ChainOf(port)}}
        flush chain netdev {{Name}} {{ChainOf(port)}}
        delete chain netdev {{Name}} {{ChainOf(port)}}

        """ + (!port.IsLedPast ? "" : $$"""
        delete element bridge {{Name}} led { "{{port.Link}}" }
        flush chain bridge {{Name}} {{ChainOf(port)}}
        delete chain bridge {{Name}} {{ChainOf(port)}}

        """);

    /// <summary>What it may send; the rest is dropped.</summary>
    /// <remarks>
    /// Sender and kind of a frame are compared as they are on the wire, where a tag of a VLAN stands before the kind: so
    /// none passes. Sets would read better, but the kernel takes its time to make thousands.
    /// </remarks>
    private static string Body(OverlayPort port)
    {
        var (four, six) = (port.Owner.AddressesOf(IpFamily.V4).ToList(), port.Owner.AddressesOf(IpFamily.V6).ToList());
        var mac = port.Owner.Mac;
        var lines = new List<string>();
        foreach (var family in port.Inside.GroupBy(s => IpFamily.Of(s).Table))
            lines.Add($"{Frame(mac, family.Key)} {string.Concat(
                (family.Key == "ip6" ? family.Append("fe80::/10") : family).Select(s => $"{family.Key} saddr != {s} "))}accept");
        lines.AddRange(four.Select(a => $"{Frame(mac, "ip")} ip saddr {a} accept"));
        lines.AddRange(four.Select(a => $"{Frame(mac, "arp")} arp saddr ip {a} accept"));
        if (six.Count > 0)
        {
            lines.AddRange(
            [
                "# None is a router, and who has an address says so for his own alone: the target of what he advertises.",
                "icmpv6 type 133-134 drop", // Looks for routers, and is one.
                "icmpv6 type 137 drop", // Knows a better one.
                "# In pieces what is advertised is not seen; none is that large. Source: RFC 6980.",
                "icmpv6 type 135-136 exthdr frag exists drop",
                $"icmpv6 type 136 {string.Join(' ', six.Select(a => $"@th,64,128 != {NftValue.Bytes(a.GetAddressBytes())}"))} drop",
                .. six.Select(a => $"{Frame(mac, "ip6")} ip6 saddr {a} accept"),
            ]);
        }

        lines.Add("drop");
        return string.Join('\n', lines.Select(line => "    " + line));
    }

    /// <summary>Matches frames of a sender, of one kind.</summary>
    private static string Frame(MacAddress mac, string kind) =>
        $"@ll,48,64 0x{mac.Value:x12}{kind switch { "ip" => "0800", "arp" => "0806", _ => "86dd" }}";
}
