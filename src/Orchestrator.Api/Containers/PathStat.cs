using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>A file of a container: base64 of this is the header <c>X-Docker-Container-Path-Stat</c>.</summary>
public sealed record PathStat
{
    public const string Header = "X-Docker-Container-Path-Stat";

    private const uint DirectoryBit = 1u << 31, LinkBit = 1u << 27;

    [JsonPropertyName("name")]
    public string Name { get; set; } = "";

    [JsonPropertyName("size")]
    public long Size { get; set; }

    /// <summary>Go's os.FileMode.</summary>
    [JsonPropertyName("mode")]
    public uint Mode { get; set; }

    [JsonPropertyName("mtime")]
    public DateTimeOffset Modified { get; set; }

    [JsonPropertyName("linkTarget")]
    public string LinkTarget { get; set; } = "";

    [JsonIgnore]
    public bool IsDirectory => (Mode & DirectoryBit) != 0;

    [JsonIgnore]
    public bool IsLink => (Mode & LinkBit) != 0;
}
