using Orchestrator.Model;

namespace Orchestrator.Manager.ControlApi;

/// <summary>How list filters match. An empty filter matches all; the values of one filter are alternatives.</summary>
internal static class Matching
{
    public static bool Prefix(ICollection<string> filter, params IEnumerable<string> values) =>
        filter.Count == 0
        || filter.Any(wanted => values.Any(value => value.StartsWith(wanted, StringComparison.OrdinalIgnoreCase)));

    public static bool Value(ICollection<string> filter, string value) =>
        filter.Count == 0 || filter.Any(wanted => string.Equals(wanted, value, StringComparison.OrdinalIgnoreCase));

    /// <param name="filter">Each KEY or KEY=VALUE; unlike other filters, all must hold.</param>
    public static bool Labels(ICollection<string> filter, IReadOnlyDictionary<string, string> labels) =>
        filter.All(wanted =>
    {
        var parts = wanted.Split('=', 2);
        return labels.TryGetValue(parts[0], out var value) && (parts.Length == 1 || parts[1] == value);
    });
}
