using Microsoft.AspNetCore.Http;
using Orchestrator.Build.Cache;
using Orchestrator.EngineApi.Http;

namespace Orchestrator.EngineApi.Building;

/// <summary>What <c>builder prune --filter</c> selects.</summary>
internal static class CacheFilter
{
    public static Func<CacheItem, bool> Of(HttpContext http, TimeProvider time)
    {
        var filters = http.Filters(
            "until", "unused-for", "id", "type", "description", "shared", "private", "inuse", "parents", "label", "label!");
        var now = time.GetUtcNow();
        return item => filters["until"].Concat(filters["unused-for"]).All(
                until => item.LastUsedAt < PruneFilter.Until(until, now))
            && (!filters.Has("id") || filters["id"].Any(id => item.Id.StartsWith(id, StringComparison.Ordinal)))
            && (!filters.Has("type") || filters["type"].Contains(item.Kind))
            && (!filters.Has("description") || filters["description"].Any(
                text => item.Description.Contains(text, StringComparison.Ordinal)))
            && (!filters.Has("shared") || item.IsShared) && (!filters.Has("private") || !item.IsShared)
            && !filters.Has("inuse") // What is in use never goes.
            && !filters.Has("label"); // The cache has none; system prune asks everything with the same filters.
    }
}
