using System.Text.Json.Serialization;

namespace Orchestrator.Images;

/// <summary>A repository that a registry found.</summary>
public sealed record SearchHit(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("description")] string? Description,
    [property: JsonPropertyName("star_count")] int Stars,
    [property: JsonPropertyName("is_official")] bool IsOfficial,
    [property: JsonPropertyName("is_automated")] bool IsAutomated);
