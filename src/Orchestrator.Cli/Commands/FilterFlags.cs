using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands;

/// <summary><c>--filter key=value</c> as the API's filters.</summary>
internal static class FilterFlags
{
    public static Filters ToFilters(ListFlag flag)
    {
        var filters = Filters.Empty;
        foreach (var text in flag.Values)
        {
            var (key, value) = KeyValues.Split(text);
            filters.Add(key.Trim().ToLowerInvariant(), value!.Trim());
        }
        return filters;
    }
}
