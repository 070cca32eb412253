using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>JSON whose shape is known: what it leaves out has a value still, as in the Go structure it is.</summary>
/// <param name="Type">Of an object, a map or a list.</param>
internal sealed record TypedJson(JsonElement Element, JsonTypeInfo Type)
{
    private static readonly JsonElement EmptyMap = JsonDocument.Parse("{}").RootElement;
    private static readonly JsonElement EmptyList = JsonDocument.Parse("[]").RootElement;

    public bool IsObject => Type.Kind == JsonTypeInfoKind.Object;

    public bool IsMap => Type.Kind == JsonTypeInfoKind.Dictionary;

    /// <summary>A pointer to nothing: prints as Go's, is false, is null in JSON.</summary>
    public static object Nil { get; } = new NilPointer();

    /// <summary>As templates see it.</summary>
    /// <param name="element">Undefined: the JSON left it out.</param>
    public static object? Of(JsonElement element, JsonTypeInfo? type)
    {
        if (type is null) return TemplateValues.Simplify(element);
        var isAbsent = element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;
        return type.Kind switch
        {
            JsonTypeInfoKind.Object => isAbsent ? Nil : new TypedJson(element, type),
            JsonTypeInfoKind.Enumerable => new TypedJson(isAbsent ? EmptyList : element, type),
            JsonTypeInfoKind.Dictionary => new TypedJson(isAbsent ? EmptyMap : element, type),
            _ when isAbsent => Zero(type.Type),
            _ when type.Type == typeof(double) || type.Type == typeof(double?) => element.GetDouble(),
            _ when type.Type == typeof(DateTimeOffset) || type.Type == typeof(DateTimeOffset?) =>
                GoTime.Text(element.GetString()!),
            _ => TemplateValues.Simplify(element),
        };
    }

    /// <summary>A field of an object, or the value of a key; false: it has none of that name.</summary>
    public bool TryField(string name, out object? value)
    {
        if (IsMap)
        {
            var found = Element.TryGetProperty(name, out var item);
            value = found ? Of(item, TypeOf(Type.ElementType)) : null;
            return found;
        }
        var property = Type.Properties.FirstOrDefault(p => p.Name == name)
            ?? Type.Properties.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));
        value = property is null ? null
            : Of(Element.TryGetProperty(property.Name, out var inner) ? inner : default, TypeOf(property.PropertyType));
        return property is not null;
    }

    /// <summary>What Go's map gives for a key that it does not have.</summary>
    public object? Missing() => Of(default, TypeOf(Type.ElementType));

    public IEnumerable<(object? Key, object? Item)> Items() => Element.ValueKind == JsonValueKind.Array
        ? Element.EnumerateArray().Select((item, i) => ((object?)(long)i, Of(item, TypeOf(Type.ElementType))))
        : Element.EnumerateObject().OrderBy(static p => p.Name, StringComparer.Ordinal)
            .Select(p => ((object?)p.Name, Of(p.Value, TypeOf(Type.ElementType))));

    /// <summary>As Go's <c>%v</c> has it.</summary>
    public string Print()
    {
        if (Element.ValueKind == JsonValueKind.Array)
            return $"[{string.Join(' ', Items().Select(static i => TemplateValues.Print(i.Item)))}]";
        if (IsMap)
            return $"map[{string.Join(' ', Items().Select(static i => $"{i.Key}:{TemplateValues.Print(i.Item)}"))}]";
        var fields = Type.Properties.Select(p => TryField(p.Name, out var value) ? TemplateValues.Print(value) : "");
        return $"{{{string.Join(' ', fields)}}}";
    }

    /// <summary>In the order of the fields; maps sorted, as Go writes them. Values are as they came.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        if (Element.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var item in Element.EnumerateArray()) TemplateJson.Write(writer, Inner(item, Type.ElementType));
            writer.WriteEndArray();
            return;
        }
        var properties = Element.EnumerateObject().AsEnumerable();
        if (IsMap) properties = properties.OrderBy(static p => p.Name, StringComparer.Ordinal);
        TemplateJson.WriteMap(writer, properties.Select(p => (p.Name, (object?)Inner(p.Value, TypeOfField(p.Name)))));
    }

    private Type? TypeOfField(string name) =>
        IsMap ? Type.ElementType : Type.Properties.FirstOrDefault(p => p.Name == name)?.PropertyType;

    private object Inner(JsonElement item, Type? type) =>
        item.ValueKind != JsonValueKind.Null && Of(item, TypeOf(type)) is TypedJson typed ? typed : item;

    private JsonTypeInfo? TypeOf(Type? type) =>
        type is not null && Type.Options.TryGetTypeInfo(type, out var info) ? info : null;

    private static object? Zero(Type type) =>
        type == typeof(string) ? ""
        : type == typeof(bool) ? false
        : type == typeof(string[]) ? new List<object?>()
        : type == typeof(double) ? 0.0
        : type.IsValueType && Nullable.GetUnderlyingType(type) is null && type.IsPrimitive ? 0L
        : Nil;

    private sealed class NilPointer
    {
        public override string ToString() => "<nil>";
    }
}
