using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.EngineApi.Http;

/// <summary>Reads null as clients of docker write it: nothing was said. A Go program leaves its zero where a field is
/// null, and clients rely on that.</summary>
internal static class GoZero
{
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(Api.ApiJson.Wire.Options)
        {
            TypeInfoResolver = Api.ApiJson.Wire.WithAddedModifier(SkipNull),
        };
        options.Converters.Add(new NullIsDefault<bool>(JsonMetadataServices.BooleanConverter));
        options.Converters.Add(new NullIsDefault<ushort>(JsonMetadataServices.UInt16Converter));
        options.Converters.Add(new NullIsDefault<int>(JsonMetadataServices.Int32Converter));
        options.Converters.Add(new NullIsDefault<uint>(JsonMetadataServices.UInt32Converter));
        options.Converters.Add(new NullIsDefault<long>(JsonMetadataServices.Int64Converter));
        options.Converters.Add(new NullIsDefault<ulong>(JsonMetadataServices.UInt64Converter));
        options.Converters.Add(new NullIsEmptyText());
        return options;
    }

    /// <summary>A property that cannot be null keeps what it has.</summary>
    private static void SkipNull(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property is { IsSetNullable: false, Set: { } set, PropertyType.IsValueType: false })
                property.Set = (target, value) =>
                {
                    if (value is not null)
                        set(target, value);
                };
        }
    }

    private sealed class NullIsDefault<T>(JsonConverter<T> inner) : JsonConverter<T>
        where T : struct
    {
        public override bool HandleNull => true;

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? default : inner.Read(ref reader, typeToConvert, options);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            inner.Write(writer, value, options);
    }

    /// <summary>Labels and options.</summary>
    private sealed class NullIsEmptyText : JsonConverter<Dictionary<string, string>>
    {
        public override Dictionary<string, string> Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new JsonException("expected an object of strings");
            var map = new Dictionary<string, string>();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = reader.GetString()!;
                reader.Read();
                map[key] = reader.TokenType is JsonTokenType.String or JsonTokenType.Null
                    ? reader.GetString() ?? "" : throw new JsonException("expected a string");
            }

            return map;
        }

        public override void Write(
            Utf8JsonWriter writer, Dictionary<string, string> value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach (var (key, text) in value)
                writer.WriteString(key, text);
            writer.WriteEndObject();
        }
    }
}
