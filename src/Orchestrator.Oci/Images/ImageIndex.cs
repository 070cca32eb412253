using System.Text.Json.Serialization;

namespace Orchestrator.Oci.Images;

/// <summary>A list of manifests, usually one a platform: OCI's index and Docker's manifest list.</summary>
public sealed record ImageIndex
{
    [JsonPropertyName("schemaVersion")]
    public int SchemaVersion { get; init; } = 2;

    [JsonPropertyName("mediaType")]
    public string? MediaType { get; init; }

    [JsonPropertyName("artifactType")]
    public string? ArtifactType { get; init; }

    [JsonPropertyName("manifests")]
    public Descriptor[]? Manifests { get; init; }

    [JsonPropertyName("subject")]
    public Descriptor? Subject { get; init; }

    [JsonPropertyName("annotations")]
    public Dictionary<string, string>? Annotations { get; init; }

    /// <summary>
    /// The manifest for <paramref name="platform"/>: an exact variant first, else any that it accepts.
    /// </summary>
    public Descriptor? Choose(Platform platform)
    {
        var fitting = (Manifests ?? []).Where(
            m => MediaTypes.IsManifest(m.MediaType) || MediaTypes.IsIndex(m.MediaType))
            .Where(m => m.Platform is null || platform.Accepts(m.Platform)).ToList();
        return fitting.Find(m => m.Platform is { } p && p.Variant == platform.Variant)
            ?? fitting.Find(m => m.Platform is not null)
            ?? fitting.FirstOrDefault();
    }
}
