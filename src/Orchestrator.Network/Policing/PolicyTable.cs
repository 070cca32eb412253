using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;

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

    private const string Allowed = "allowed", Allowed6 = "allowed6";

    public static TableId Id { get; } = TableId.Inet(Name);

    /// <summary>The whole table, in one transaction.</summary>
    public static string Replace(PolicyModel model)
    {
        if (model.Links.IsEmpty)
            return $"table inet {Name}\ndelete table inet {Name}\n";
        var elements = Elements(model).ToLookup(e => e.Set);
        return $$"""
            table inet {{Name}}
            delete table inet {{Name}}
            table inet {{Name}} {
              set links {
                type ifname
                elements = { {{string.Join(", ", model.Links.Select(link => $"\"{link}\""))}} }
              }
              set {{Allowed}} {
                type ipv4_addr . ipv4_addr . inet_proto . inet_service
                flags interval
                {{NftElement.List(elements[Allowed])}}
              }
              set {{Allowed6}} {
                type ipv6_addr . ipv6_addr . inet_proto . inet_service
                flags interval
                {{NftElement.List(elements[Allowed6])}}
              }
              chain input {
                type filter hook input priority filter; policy accept;
                iifname != @links accept
                ct direction reply ct state established,related accept
                ct state related accept
                icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, nd-redirect } accept
                ip daddr . ip saddr . meta l4proto . th dport @{{Allowed}} accept
                ip6 daddr . ip6 saddr . meta l4proto . th dport @{{Allowed6}} accept
                drop
              }
            }

            """;
    }

    /// <summary>What differs between two of the same links.</summary>
    public static NftBatch Change(PolicyModel from, PolicyModel to) => NftBatch.Between(Id, Elements(from), Elements(to));

    private static IEnumerable<NftElement> Elements(PolicyModel model) =>
        model.Allowed.Select(o => Element(Allowed, IpFamily.V4, o)).Concat(model.Allowed6.Select(o => Element(Allowed6, IpFamily.V6, o)));

    private static NftElement Element(string set, IpFamily family, Opening opening)
    {
        var (protocol, ports) = opening.Ports.Values(family);
        return new NftElement(set, NftValue.JoinRanges(Value(opening.Own), Value(opening.Other), protocol, ports));
    }

    private static NftValue Value(string address) => NftValue.Of(IPAddress.Parse(address));
}
