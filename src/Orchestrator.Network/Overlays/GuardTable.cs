using System.Collections.Immutable;
using System.Net;
using System.Text;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Overlays;

/// <summary>A port of an overlay.</summary>
/// <param name="Index">Its link's number: one that was made anew has another, and what hung at the former is gone.</param>
/// <param name="IsLedPast">What it sends goes through a queue, from which it comes back past what hangs at the port.</param>
/// <param name="Inside">For the host's own, by which packets of clients come in: the overlay's subnets, from whose addresses
/// no client comes.</param>
internal sealed record OverlayPort(int Index, GuardedPort Owner, bool IsLedPast, ImmutableArray<string> Inside)
{
    public string Link => Owner.Link;

    /// <summary>It has the same rules, which still hang at it.</summary>
    public bool IsAs(OverlayPort other) =>
        Index == other.Index && IsLedPast == other.IsLedPast && Link == other.Link && Owner.Mac == other.Owner.Mac
        && Owner.Addresses.SequenceEqual(other.Owner.Addresses) && Inside.SequenceEqual(other.Inside);
}

/// <summary>nftables text that keeps containers from sending under another's address. Pure.</summary>
/// <remarks>
/// The rules hang at each port, so that what other nodes looked at already, which is half of all frames, does not come by,
/// and nobody's rules ask which port it is. Those of a port that a limit leads past them hang at the bridge.
/// </remarks>
internal static class GuardTable
{
    public const string Name = "orch_guard";

    public static TableId Id { get; } = TableId.Device(Name);

    /// <summary>Of the ports that a limit leads past their own rules.</summary>
    public static TableId BridgeId { get; } = TableId.Bridge(Name);

    /// <summary>Both tables whole, in one transaction.</summary>
    public static string Replace(IReadOnlyCollection<OverlayPort> ports)
    {
        var led = ports.Where(p => p.IsLedPast).ToList();
        var script = new StringBuilder($"""
            table netdev {Name}
            delete table netdev {Name}
            table bridge {Name}
            delete table bridge {Name}
            table netdev {Name} {'{'} {'}'}

            """);
        foreach (var port in ports.Except(led))
            script.Append(Add(port));
        if (led.Count > 0)
            script.Append(AtBridge(led));
        return script.ToString();
    }

    /// <summary>What differs between two of which the same ports are led past; empty: nothing.</summary>
    public static string Change(IReadOnlyCollection<OverlayPort> from, IReadOnlyCollection<OverlayPort> to)
    {
        var (before, after) = (OwnRules(from), OwnRules(to));
        return string.Concat(
            Lacking(before, after).Select(p => Remove(p.Link)).Concat(Lacking(after, before).Select(Add)));
    }

    /// <summary>Nothing of what hangs at the bridge differs.</summary>
    public static bool IsSameAtBridge(IEnumerable<OverlayPort> from, IEnumerable<OverlayPort> to)
    {
        var (before, after) = (from.Where(p => p.IsLedPast).ToList(), to.Where(p => p.IsLedPast).ToList());
        return before.Count == after.Count && before.Zip(after).All(pair => pair.First.IsAs(pair.Second));
    }

    private static Dictionary<string, OverlayPort> OwnRules(IEnumerable<OverlayPort> ports) =>
        ports.Where(p => !p.IsLedPast).ToDictionary(p => p.Link);

    private static IEnumerable<OverlayPort> Lacking(Dictionary<string, OverlayPort> some, Dictionary<string, OverlayPort> others) =>
        some.Values.Where(p => !others.TryGetValue(p.Link, out var other) || !p.IsAs(other));

    private static string ChainOf(string link) => $"by_{link}";

    private static string Add(OverlayPort port) => $$"""
        table netdev {{Name}} {
          chain {{ChainOf(port.Link)}} {
            type filter hook ingress device "{{port.Link}}" priority 0; policy drop;
        {{Body(port)}}
          }
        }

        """;

    /// <summary>The kernel may have removed it with the link, as it did before Linux 6.16: what is made can be deleted.</summary>
    private static string Remove(string link) => $"""
        add chain netdev {Name} {ChainOf(link)}
        flush chain netdev {Name} {ChainOf(link)}
        delete chain netdev {Name} {ChainOf(link)}

        """;

    private static string AtBridge(List<OverlayPort> led) => $$"""
        table bridge {{Name}} {
        {{string.Join('\n', led.Select(p => $"  chain {ChainOf(p.Link)} {{\n{Body(p)}\n    drop\n  }}"))}}
          chain prerouting {
            type filter hook prerouting priority -300; policy accept;
            iifname vmap { {{string.Join(", ", led.Select(p => $"\"{p.Link}\" : goto {ChainOf(p.Link)}"))}} }
          }
        }

        """;

    /// <summary>What it may send; the rest is dropped. The address is compared first, which costs least.</summary>
    private static string Body(OverlayPort port)
    {
        var (four, six) = (Set(port, IpFamily.V4), Set(port, IpFamily.V6));
        var mac = port.Owner.Mac;
        var lines = new List<string>();
        lines.AddRange(port.Inside.GroupBy(s => IpFamily.Of(s).Table).Select(s =>
            $"meta protocol {s.Key} {s.Key} saddr != {{ {string.Join(", ", s.Key == "ip6" ? s.Append("fe80::/10") : s)} }} "
            + $"ether saddr {mac} accept"));
        if (four is not null)
        {
            lines.Add($"meta protocol ip ip saddr {four} ether saddr {mac} accept");
            lines.Add($"meta protocol arp arp saddr ip {four} ether saddr {mac} accept");
        }

        if (six is not null)
        {
            lines.AddRange(
            [
                "# None is a router, and who has an address says so for his own alone: the target of what he advertises.",
                "icmpv6 type { nd-router-solicit, nd-router-advert, nd-redirect } drop",
                "# In pieces what is advertised is not seen; none is that large. Source: RFC 6980.",
                "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } exthdr frag exists drop",
                $"icmpv6 type nd-neighbor-advert @th,64,128 != {{ {string.Join(", ", port.Owner.AddressesOf(IpFamily.V6)
                    .Select(a => NftValue.Bytes(a.GetAddressBytes())))} }} drop",
                $"meta protocol ip6 ip6 saddr {six} ether saddr {mac} accept",
            ]);
        }

        return string.Join('\n', lines.Select(line => "    " + line));
    }

    private static string? Set(OverlayPort port, IpFamily family)
    {
        var own = port.Owner.AddressesOf(family).Select(a => $"{a}").ToList();
        return own.Count switch { 0 => null, 1 => own[0], _ => $"{{ {string.Join(", ", own)} }}" };
    }
}
