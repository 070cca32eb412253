using System.Text.Json.Serialization;

namespace Orchestrator.Oci.Images;

/// <summary>The configuration of an image: what runs, and on which layers. Its digest is the image's id.</summary>
/// <remarks>Source: OCI image-spec 1.1, config.md; the fields OCI lacks are docker's.</remarks>
public sealed record ImageConfig
{
    [JsonPropertyName("architecture")]
    public string Architecture { get; init; } = "";

    [JsonPropertyName("author")]
    public string? Author { get; init; }

    [JsonPropertyName("comment")]
    public string? Comment { get; init; }

    [JsonPropertyName("config")]
    public ContainerConfig? Config { get; init; }

    [JsonPropertyName("container")]
    public string? Container { get; init; }

    [JsonPropertyName("container_config")]
    public ContainerConfig? ContainerConfig { get; init; }

    [JsonPropertyName("created")]
    public DateTimeOffset? Created { get; init; }

    [JsonPropertyName("docker_version")]
    public string? DockerVersion { get; init; }

    [JsonPropertyName("history")]
    public HistoryEntry[]? History { get; init; }

    [JsonPropertyName("os")]
    public string Os { get; init; } = "";

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    [JsonPropertyName("rootfs")]
    public RootFs RootFs { get; init; } = new();

    [JsonPropertyName("variant")]
    public string? Variant { get; init; }

    [JsonIgnore]
    public Platform Platform =>
        new() { Os = Os, Architecture = Architecture, OsVersion = OsVersion, Variant = Variant };
}
