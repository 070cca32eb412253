namespace Orchestrator.Model;

/// <summary>The allow-list of a network, as one of its driver options: rules between commas.</summary>
/// <remarks>
/// A network without the option is open. With it, what no rule allows is dropped between services, so a list without
/// rules (<see cref="Closed"/>) lets nothing pass.
/// </remarks>
public static class NetworkPolicy
{
    public const string Option = "policy";

    /// <summary>A list without rules.</summary>
    public const string Closed = "none";

    /// <summary>In the place of a rule to be removed: the list itself, which opens the network.</summary>
    public const string All = "all";

    /// <returns>Null: the network has no policy. What is no rule is passed over, and so allows nothing.</returns>
    public static ImmutableArray<PolicyRule>? Of(IReadOnlyDictionary<string, string> options) =>
        options.TryGetValue(Option, out var text) ? [.. Words(text).Select(PolicyRule.Parse).OfType<PolicyRule>()] : null;

    /// <returns>The first word that is no rule; null: all are.</returns>
    public static string? FaultOf(string text) => Words(text).FirstOrDefault(word => PolicyRule.Parse(word) is null);

    public static string Write(IEnumerable<PolicyRule> rules)
    {
        var text = string.Join(',', rules.Select(rule => rule.ToString()).Distinct());
        return text.Length > 0 ? text : Closed;
    }

    private static IEnumerable<string> Words(string text) =>
        text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Where(word => word != Closed);
}
