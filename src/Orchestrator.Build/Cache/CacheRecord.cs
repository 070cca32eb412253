using System.Text.Json.Serialization;
using Orchestrator.Images.Building;

namespace Orchestrator.Build.Cache;

/// <summary>What came of a step.</summary>
public sealed record CacheRecord
{
    /// <summary>Of all that decides the outcome; see <see cref="CacheKey"/>.</summary>
    public required string Key { get; init; }

    /// <summary>Null: the step changed no file.</summary>
    public MadeLayer? Layer { get; init; }

    /// <summary>The step as the Dockerfile has it.</summary>
    public string Description { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    [JsonIgnore]
    public DateTimeOffset LastUsedAt { get; init; }

    /// <summary>Since the daemon is up.</summary>
    [JsonIgnore]
    public int Uses { get; init; }
}

[JsonSerializable(typeof(CacheRecord))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class CacheJson : JsonSerializerContext;
