namespace Orchestrator.Api;

/// <summary>GET /images/{name}/json.</summary>
public sealed record ImageInspect
{
    public string Id { get; set; } = "";
    public string[] RepoTags { get; set; } = [];
    public string[] RepoDigests { get; set; } = [];
    public string Parent { get; set; } = "";
    public string Comment { get; set; } = "";

    /// <summary>RFC 3339.</summary>
    public string? Created { get; set; }
    public string DockerVersion { get; set; } = "";
    public string Author { get; set; } = "";
    public ContainerConfig? Config { get; set; }
    public string Architecture { get; set; } = "";
    public string? Variant { get; set; }
    public string Os { get; set; } = "";

    /// <summary>Bytes.</summary>
    public long Size { get; set; }
    public GraphDriver GraphDriver { get; set; } = new();
    public RootFs RootFS { get; set; } = new();
    public ImageMetadata Metadata { get; set; } = new();
}

public sealed record RootFs
{
    public string Type { get; set; } = "layers";
    public string[]? Layers { get; set; }
}

public sealed record ImageMetadata
{
    public DateTimeOffset? LastTagTime { get; set; }
}
