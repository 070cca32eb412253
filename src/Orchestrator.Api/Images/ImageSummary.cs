using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>One row of GET /images/json. Sizes are bytes, -1 where not measured.</summary>
public sealed record ImageSummary
{
    public string Id { get; set; } = "";
    public string ParentId { get; set; } = "";
    public string[] RepoTags { get; set; } = [];
    public string[] RepoDigests { get; set; } = [];

    /// <summary>Unix seconds.</summary>
    public long Created { get; set; }
    public long Size { get; set; }
    public long SharedSize { get; set; } = -1;
    public long Containers { get; set; } = -1;
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public Dictionary<string, string>? Labels { get; set; }

    /// <summary>Null: not asked for.</summary>
    public ManifestSummary[]? Manifests { get; set; }
}
