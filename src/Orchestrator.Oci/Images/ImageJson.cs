using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Oci.Images;

/// <summary>
/// Reads and writes the JSON of images. Writing is deterministic: the same record gives the same bytes.
/// </summary>
public static class ImageJson
{
    /// <summary>No manifest, index or configuration may be larger: registries refuse them at this size too.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <exception cref="FormatException">Not JSON of that shape; the message says what it was to be.</exception>
    public static Manifest ReadManifest(ReadOnlySpan<byte> json) => Read(json, Context.Manifest, "image manifest");

    /// <inheritdoc cref="ReadManifest"/>
    public static ImageIndex ReadIndex(ReadOnlySpan<byte> json) => Read(json, Context.ImageIndex, "image index");

    /// <inheritdoc cref="ReadManifest"/>
    public static ImageConfig ReadConfig(ReadOnlySpan<byte> json) =>
        Read(json, Context.ImageConfig, "image configuration");

    public static byte[] Write(Manifest value) => JsonSerializer.SerializeToUtf8Bytes(value, Context.Manifest);

    public static byte[] Write(ImageIndex value) => JsonSerializer.SerializeToUtf8Bytes(value, Context.ImageIndex);

    public static byte[] Write(ImageConfig value) => JsonSerializer.SerializeToUtf8Bytes(value, Context.ImageConfig);

    // The relaxed encoder escapes no more than Go's does in these files, which are never put into HTML.
    private static readonly ImageJsonContext Context = new(new JsonSerializerOptions
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 32,
    });

    private static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, string what)
    {
        if (json.Length > MaxBytes)
            throw new FormatException($"the {what} is larger than {MaxBytes / 1024 / 1024} MiB");
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new FormatException($"the {what} is null");
        }
        catch (JsonException error)
        {
            throw new FormatException($"the {what} is damaged: {Quoting.Shorten(error.Message)}", error);
        }
    }
}

[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(ImageIndex))]
[JsonSerializable(typeof(ImageConfig))]
internal sealed partial class ImageJsonContext : JsonSerializerContext;
