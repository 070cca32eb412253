using Orchestrator.Api;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Host;

/// <summary>The build cache in <c>system df -v</c>.</summary>
internal static class BuildCacheList
{
    public static Listing<BuildCacheRecord> Of(DateTimeOffset now) => new(
        ["{{.ID}}{{if .InUse}}*{{end}}", "CacheType", "Size", "CreatedSince", "LastUsedSince", "UsageCount", "Shared"],
        new("ID", "CACHE ID", static b => Text.ShortId(b.ID)),
        new("CacheType", "CACHE TYPE", static b => b.Type),
        new("Size", "SIZE", static b => Units.Size(b.Size, 3)),
        new("CreatedSince", "CREATED", b => HumanDuration.Of(now - b.CreatedAt) + " ago"),
        new("LastUsedSince", "LAST USED", b => b.LastUsedAt is { } used ? HumanDuration.Of(now - used) + " ago" : ""),
        new("UsageCount", "USAGE", static b => $"{b.UsageCount}"),
        new("Shared", "SHARED", static b => b.Shared ? "true" : "false") { IsTruth = true },
        new("InUse", "", static b => b.InUse ? "true" : "false") { IsTruth = true });
}
