using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>A volume: GET /volumes/{name}.</summary>
public sealed record Volume
{
    /// <summary>RFC 3339.</summary>
    public string? CreatedAt { get; set; }
    public string Driver { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public Dictionary<string, string>? Labels { get; set; }
    public string Mountpoint { get; set; } = "";
    public string Name { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public Dictionary<string, string>? Options { get; set; }
    public string Scope { get; set; } = "local";
    public VolumeUsage? UsageData { get; set; }
}

/// <summary>-1 where it was not measured.</summary>
public sealed record VolumeUsage
{
    public long RefCount { get; set; }

    /// <summary>Bytes.</summary>
    public long Size { get; set; }
}

/// <summary>POST /volumes/create.</summary>
public sealed record VolumeCreateRequest
{
    public string? Name { get; set; }
    public string? Driver { get; set; }
    public Dictionary<string, string>? DriverOpts { get; set; }
    public Dictionary<string, string>? Labels { get; set; }
}

/// <summary>GET /volumes.</summary>
public sealed record VolumeListResponse
{
    public Volume[] Volumes { get; set; } = [];
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? Warnings { get; set; }
}

public sealed record VolumesPruneReport
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? VolumesDeleted { get; set; }
    public ulong SpaceReclaimed { get; set; }
}
