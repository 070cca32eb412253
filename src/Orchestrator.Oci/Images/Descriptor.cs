using System.Text.Json.Serialization;

namespace Orchestrator.Oci.Images;

/// <summary>Points at content: what it is, its name and its size in bytes.</summary>
/// <remarks>Source: OCI image-spec 1.1, descriptor.md.</remarks>
public sealed record Descriptor
{
    [JsonPropertyName("mediaType")]
    public string MediaType { get; init; } = "";

    [JsonPropertyName("digest")]
    public Digest Digest { get; init; }

    [JsonPropertyName("size")]
    public long Size { get; init; }

    [JsonPropertyName("urls")]
    public string[]? Urls { get; init; }

    [JsonPropertyName("annotations")]
    public Dictionary<string, string>? Annotations { get; init; }

    /// <summary>Only in an index: what the manifest runs on.</summary>
    [JsonPropertyName("platform")]
    public Platform? Platform { get; init; }

    [JsonPropertyName("artifactType")]
    public string? ArtifactType { get; init; }

    /// <summary>Of content that is asked for by a digest, and so named by the same algorithm.</summary>
    public static Descriptor Of(ReadOnlySpan<byte> content, string mediaType, Digest? asked) => new()
    {
        MediaType = mediaType,
        Digest = asked?.OfSameKind(content) ?? Digest.Of(content),
        Size = content.Length,
    };

    public static Descriptor Of(ReadOnlySpan<byte> content, string mediaType) =>
        new() { MediaType = mediaType, Digest = Digest.Of(content), Size = content.Length };
}
