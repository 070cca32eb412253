using Orchestrator.Linux.Nftables;
using Orchestrator.Model;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Policing;

/// <summary>A range of ports of one protocol.</summary>
/// <param name="Protocol">Empty: any, those without ports too.</param>
internal readonly record struct PortsAllowed(string Protocol, int First, int Last)
{
    private static PortsAllowed Everything { get; } = new("", 0, 65535);

    /// <summary>As fields of an element.</summary>
    public (NftValue Protocol, NftValue Ports) Values(IpFamily family) => (
        Protocol switch
        {
            "" => NftValue.AnyProtocol,
            "icmp" when family.IsIPv6 => NftValue.Protocol("ipv6-icmp"), // Another protocol for the same: echoes.
            _ => NftValue.Protocol(Protocol),
        },
        NftValue.Ports(First, Last));

    /// <summary>What several rules allow between the same two, so that no two elements of an nft set overlap.</summary>
    public static IEnumerable<PortsAllowed> Of(IEnumerable<PolicyRule> rules)
    {
        var all = rules.ToList();
        return all.Exists(rule => rule.Protocol.Length == 0)
            ? [Everything]
            : all.GroupBy(rule => rule.Protocol).SelectMany(group => Merge(group.Key, group));
    }

    private static List<PortsAllowed> Merge(string protocol, IEnumerable<PolicyRule> rules)
    {
        var merged = new List<PortsAllowed>();
        foreach (var rule in rules.OrderBy(r => r.FirstPort))
        {
            if (merged.Count > 0 && rule.FirstPort <= merged[^1].Last + 1)
                merged[^1] = merged[^1] with { Last = Math.Max(merged[^1].Last, rule.LastPort) };
            else
                merged.Add(new PortsAllowed(protocol, rule.FirstPort, rule.LastPort));
        }

        return merged;
    }
}
