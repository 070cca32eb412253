using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>GET /system/df. Sizes are bytes.</summary>
public sealed record DiskUsage
{
    /// <summary>Of all layers, each counted once.</summary>
    public long LayersSize { get; set; }
    public ImageSummary[] Images { get; set; } = [];
    public ContainerSummary[] Containers { get; set; } = [];
    public Volume[] Volumes { get; set; } = [];
    public BuildCacheRecord[] BuildCache { get; set; } = [];
    public long? BuilderSize { get; set; }
}

public sealed record BuildCacheRecord
{
    public string ID { get; set; } = "";
    public string Type { get; set; } = "";
    public string Description { get; set; } = "";
    public bool InUse { get; set; }
    public bool Shared { get; set; }
    public long Size { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? LastUsedAt { get; set; }
    public int UsageCount { get; set; }
}

/// <summary>POST /build/prune.</summary>
public sealed record BuildCachePruneReport
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? CachesDeleted { get; set; }
    public ulong SpaceReclaimed { get; set; }
}
