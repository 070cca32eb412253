using System.Globalization;
using System.Text.Json;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>
/// Values inside a template, and how Go looks at them: what is true, what can be walked, how it prints.
/// </summary>
internal static class TemplateValues
{
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool b => b,
        long n => n != 0,
        double d => d != 0,
        string s => s.Length > 0,
        IReadOnlyList<object?> list => list.Count > 0,
        TypedJson { IsObject: false } typed => typed.Items().Any(),
        _ when value == TypedJson.Nil => false,
        JsonElement { ValueKind: JsonValueKind.Array } array => array.GetArrayLength() > 0,
        JsonElement { ValueKind: JsonValueKind.Object } map => map.EnumerateObject().Any(),
        _ => true,
    };

    public static bool IsList(object? value) => value is IReadOnlyList<object?>
        or JsonElement { ValueKind: JsonValueKind.Array } or TypedJson { IsObject: false, IsMap: false };

    public static bool IsMap(object? value) =>
        value is JsonElement { ValueKind: JsonValueKind.Object } or TypedJson { IsMap: true };

    /// <summary>What <c>range</c> goes through: a list, a map by its sorted keys, or the numbers below one.</summary>
    public static IEnumerable<(object? Key, object? Item)> Items(object? value) => value switch
    {
        IReadOnlyList<object?> list => list.Select(static (item, i) => ((object?)(long)i, item)),
        JsonElement { ValueKind: JsonValueKind.Array } array =>
            array.EnumerateArray().Select(static (item, i) => ((object?)(long)i, Simplify(item))),
        JsonElement { ValueKind: JsonValueKind.Object } map =>
            map.EnumerateObject().OrderBy(static p => p.Name, StringComparer.Ordinal)
                .Select(static p => ((object?)p.Name, Simplify(p.Value))),
        TypedJson { IsObject: false } typed => typed.Items(),
        long count => Count(count),
        _ when value is null || value == TypedJson.Nil => [],
        _ => throw new TemplateFault($"range can't iterate over {Print(value)}"),
    };

    private static IEnumerable<(object? Key, object? Item)> Count(long end)
    {
        for (var i = 0L; i < end; i++) yield return (i, i);
    }

    /// <summary>As a template prints it, where nothing is more than nil.</summary>
    public static string PrintAlone(object? value) => value is null ? "<no value>" : Print(value);

    public static string Print(object? value) => value switch
    {
        null => "<nil>",
        string s => s,
        bool b => b ? "true" : "false",
        long n => n.ToString(CultureInfo.InvariantCulture),
        double d => GoNumber.Shortest(d),
        JsonElement json => PrintJson(json),
        TypedJson typed => typed.Print(),
        IReadOnlyList<object?> list => $"[{string.Join(' ', list.Select(Print))}]",
        ITemplateObject row => $"{{{string.Join(' ', row.Fields.Select(static f => Print(f.Value)))}}}",
        _ => value.ToString() ?? "",
    };

    /// <summary>
    /// Strings, numbers and truths out of JSON become those of .NET; maps and lists stay as they are.
    /// </summary>
    public static object? Simplify(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? whole
            : element.TryGetUInt64(out _) ? element.GetRawText() : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => element,
    };

    /// <summary>A field, or what a map has for the key.</summary>
    /// <remarks>Go's names of fields and JSON's differ in case at times, so case is the second try.</remarks>
    public static object? Field(object? value, string name, List<object?> arguments)
    {
        if (value is null) return null;
        if (value is ITemplateObject row) return row.Get(name, arguments);
        if (value == TypedJson.Nil) throw new TemplateFault($"nil pointer evaluating {name}");
        if (!IsMap(value) && value is not TypedJson { IsObject: true })
            throw new FieldFault($"can't evaluate field {name} in type {GoType.Of(value)}");
        if (arguments.Count > 0)
            throw new TemplateFault(IsMap(value) ? $"{name} is not a method but has arguments"
                : $"{name} has arguments but cannot be invoked as function");
        if (value is TypedJson typed)
        {
            if (typed.TryField(name, out var field) || typed.IsMap) return field;
            if (TryProperty(typed.Element, name, out var newer)) return newer; // Than what is known here.
            throw new FieldFault($"can't evaluate field {name}: '{{{{json .}}}}' shows what there is");
        }
        return TryProperty((JsonElement)value, name, out var found) ? found
            : throw new TemplateFault($"map has no entry for key {Text.Quote(name)}");
    }

    private static bool TryProperty(JsonElement map, string name, out object? value)
    {
        if (!map.TryGetProperty(name, out var found))
            found = map.EnumerateObject()
                .FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)).Value;
        value = Simplify(found);
        return found.ValueKind != JsonValueKind.Undefined;
    }

    private static string PrintJson(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => $"[{string.Join(' ', json.EnumerateArray().Select(static e => Print(Simplify(e))))}]",
        JsonValueKind.Object => "map[" + string.Join(' ', json.EnumerateObject()
            .OrderBy(static p => p.Name, StringComparer.Ordinal)
            .Select(static p => $"{p.Name}:{Print(Simplify(p.Value))}")) + "]",
        _ => Print(Simplify(json)),
    };
}
