using Orchestrator.Model;

namespace Orchestrator.Network.Policing;

/// <summary>What several rules allow between the same two, so that no two elements of an nft set overlap. Pure.</summary>
internal static class PortsAllowed
{
    private const string Everything = "0-255 . 0-65535";

    /// <returns>Protocol and ports each, as in an nft set: <c>tcp . 80-90</c>.</returns>
    public static IEnumerable<string> Of(IEnumerable<PolicyRule> rules)
    {
        var all = rules.ToList();
        return all.Exists(rule => rule.Protocol.Length == 0)
            ? [Everything]
            : all.GroupBy(rule => rule.Protocol).SelectMany(group => Merge(group).Select(
                range => $"{group.Key} . {(range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}")}"));
    }

    private static List<(int First, int Last)> Merge(IEnumerable<PolicyRule> rules)
    {
        var merged = new List<(int First, int Last)>();
        foreach (var rule in rules.OrderBy(r => r.FirstPort))
        {
            if (merged.Count > 0 && rule.FirstPort <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, rule.LastPort));
            else
                merged.Add((rule.FirstPort, rule.LastPort));
        }

        return merged;
    }
}
