using System.Globalization;

namespace Orchestrator.Engine.Containers;

/// <summary>Lists of CPUs and memory nodes as the kernel writes them: <c>0-2,7</c>.</summary>
internal static class NumberList
{
    /// <summary>Far above any host; bounds what a range may cost.</summary>
    private const int Greatest = 8191;

    /// <returns>False: not such a list.</returns>
    public static bool TryParse(string text, out HashSet<int> numbers)
    {
        numbers = [];
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var dash = part.IndexOf('-');
            var (from, to) = dash < 0 ? (part, part) : (part[..dash], part[(dash + 1)..]);
            if (!TryNumber(from, out var first) || !TryNumber(to, out var last) || last < first)
                return false;
            numbers.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return true;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= Greatest;
}
