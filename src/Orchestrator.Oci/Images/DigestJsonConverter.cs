using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Oci.Images;

/// <summary>A digest in JSON is its text; the empty text, which Go writes for none, is the default digest.</summary>
public sealed class DigestJsonConverter : JsonConverter<Digest>
{
    public override Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is { } text
            ? text.Length == 0 ? default : Digest.TryParse(text, out var digest) ? digest : throw Bad(text)
            : throw new JsonException("a digest must be a string");

    public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());

    private static JsonException Bad(string text) => new($"invalid digest \"{Quoting.Shorten(text)}\"");
}
