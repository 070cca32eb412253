using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Images.Archives;

/// <summary>One image of docker's <c>manifest.json</c>.</summary>
internal sealed record ArchiveItem
{
    public string Config { get; init; } = "";

    public string[]? RepoTags { get; init; }

    public string[]? Layers { get; init; }
}

/// <summary>The file that marks an OCI layout.</summary>
internal sealed record OciLayout([property: JsonPropertyName("imageLayoutVersion")] string Version);

[JsonSerializable(typeof(ArchiveItem[]))]
[JsonSerializable(typeof(OciLayout))]
internal sealed partial class ArchiveJson : JsonSerializerContext
{
    public static ArchiveItem[] ReadItems(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Default.ArchiveItemArray) ?? [];
        }
        catch (JsonException error)
        {
            throw new ImageException(
                ImageError.Invalid, $"the archive's manifest.json is damaged: {error.Message}", error);
        }
    }
}
