using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Orchestrator.Network.Policing;

/// <summary>nftables text for the table in a container's namespace that keeps out what a network's policy does not
/// allow. Pure.</summary>
/// <remarks>
/// It stands where packets arrive: whoever is root in a container can open that container alone, and nobody a way to
/// others. Each packet of who asks is looked up, not the first alone, so that a rule that is taken back ends what it had
/// let in; what answers passes. Virtual addresses are behind it by then: the client's own namespace replaced them.
/// </remarks>
internal static class PolicyTable
{
    public const string Name = "orch_policy";

    private const string Set = "allowed", Set6 = "allowed6";

    /// <summary>The whole table, in one transaction.</summary>
    public static string Replace(PolicyModel model)
    {
        if (model.Links.IsEmpty)
            return $"table inet {Name}\ndelete table inet {Name}\n";
        return $$"""
            table inet {{Name}}
            delete table inet {{Name}}
            table inet {{Name}} {
              set links {
                type ifname
                elements = { {{string.Join(", ", model.Links.Select(link => $"\"{link}\""))}} }
              }
              set {{Set}} {
                type ipv4_addr . ipv4_addr . inet_proto . inet_service
                flags interval
                {{Elements(model.Allowed)}}
              }
              set {{Set6}} {
                type ipv6_addr . ipv6_addr . inet_proto . inet_service
                flags interval
                {{Elements(model.Allowed6)}}
              }
              chain input {
                type filter hook input priority filter; policy accept;
                iifname != @links accept
                ct direction reply ct state established,related accept
                ct state related accept
                icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, nd-redirect } accept
                ip daddr . ip saddr . meta l4proto . th dport @{{Set}} accept
                ip6 daddr . ip6 saddr . meta l4proto . th dport @{{Set6}} accept
                drop
              }
            }

            """;
    }

    /// <summary>Only the elements that differ, in one transaction. Empty: nothing does.</summary>
    public static string Change(PolicyModel from, PolicyModel to)
    {
        if (!from.Links.SetEquals(to.Links))
            return Replace(to);
        var script = new StringBuilder();
        foreach (var (set, before, after) in new[]
        {
            (Set, from.Allowed, to.Allowed), (Set6, from.Allowed6, to.Allowed6),
        })
        {
            Append(script, "delete", set, before.Except(after));
            Append(script, "add", set, after.Except(before));
        }

        return script.ToString();
    }

    private static string Elements(ImmutableSortedSet<string> elements) =>
        elements.IsEmpty ? "" : $"elements = {{ {string.Join(", ", elements)} }}";

    private static void Append(StringBuilder script, string verb, string set, ImmutableSortedSet<string> elements)
    {
        if (elements.Count > 0)
            script.Append(CultureInfo.InvariantCulture,
                $"{verb} element inet {Name} {set} {{ {string.Join(", ", elements)} }}\n");
    }
}
