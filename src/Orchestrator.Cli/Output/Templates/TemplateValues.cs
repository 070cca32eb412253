using System.Globalization;
using System.Text.Json;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>
/// Values inside a template, and how Go looks at them: what is true, what can be walked, how it prints.
/// </summary>
internal static class TemplateValues
{
    /// <summary>
    /// Follows fields; Go's field names and JSON's differ in case at times, so case is the second try.
    /// </summary>
    public static object? Follow(object? value, string[] path, string[] arguments)
    {
        for (var i = 0; i < path.Length; i++)
        {
            value = Field(value, path[i], i == path.Length - 1 ? arguments : []);
        }
        return value;
    }

    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool b => b,
        double d => d != 0,
        string s => s.Length > 0,
        IReadOnlyList<object?> list => list.Count > 0,
        TypedJson { IsObject: false } typed => typed.Items().Any(),
        _ when value == TypedJson.Nil => false,
        JsonElement { ValueKind: JsonValueKind.Array } array => array.GetArrayLength() > 0,
        JsonElement { ValueKind: JsonValueKind.Object } map => map.EnumerateObject().Any(),
        _ => true,
    };

    public static IEnumerable<(object? Key, object? Item)> Items(object? value)
    {
        if (value is IReadOnlyList<object?> list)
            return list.Select(static (item, i) => ((object?)(double)i, item));
        if (value is JsonElement { ValueKind: JsonValueKind.Array } array)
            return array.EnumerateArray().Select(static (item, i) => ((object?)(double)i, Simplify(item)));
        if (value is JsonElement { ValueKind: JsonValueKind.Object } map)
            return map.EnumerateObject().OrderBy(static p => p.Name, StringComparer.Ordinal)
                .Select(static p => ((object?)p.Name, Simplify(p.Value)));
        if (value is TypedJson { IsObject: false } typed) return typed.Items();
        return value is null || value == TypedJson.Nil ? [] : throw new TemplateException($"range can't iterate over {Print(value)}");
    }

    public static string Print(object? value) => value switch
    {
        null => "<no value>",
        string s => s,
        bool b => b ? "true" : "false",
        double d => Number(d),
        JsonElement json => PrintJson(json),
        TypedJson typed => typed.Print(),
        IReadOnlyList<object?> list => $"[{string.Join(' ', list.Select(Print))}]",
        ITemplateObject row => $"{{{string.Join(' ', row.Fields.Select(static f => Print(f.Value)))}}}",
        _ => value.ToString() ?? "",
    };

    public static double ToNumber(object? value) => value switch
    {
        double d => d,
        string s when double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) => d,
        _ => throw new TemplateException($"{Print(value)} is not a number"),
    };

    /// <summary>
    /// Strings, numbers and truths out of JSON become those of .NET; maps and lists stay as they are.
    /// </summary>
    public static object? Simplify(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out var whole) && Math.Abs(whole) > 1L << 53
            ? whole.ToString(CultureInfo.InvariantCulture)
            : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => element,
    };

    private static object? Field(object? value, string name, string[] arguments)
    {
        if (value is ITemplateObject row) return row.Get(name, arguments);
        if (value is TypedJson typed)
        {
            if (typed.TryField(name, out var field)) return field;
            value = typed.Element; // Newer than what is known here.
        }
        if (value is not JsonElement { ValueKind: JsonValueKind.Object } map)
            throw new TemplateException(value == TypedJson.Nil
                ? $"nil pointer evaluating {name}" : $"can't evaluate field {name} of {Print(value)}");
        if (map.TryGetProperty(name, out var found)) return Simplify(found);
        foreach (var property in map.EnumerateObject())
            if (string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase)) return Simplify(property.Value);
        throw new TemplateException($"map has no entry for key \"{name}\"");
    }

    private static string PrintJson(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => $"[{string.Join(' ', json.EnumerateArray().Select(static e => Print(Simplify(e))))}]",
        JsonValueKind.Object => "map[" + string.Join(' ', json.EnumerateObject()
            .OrderBy(static p => p.Name, StringComparer.Ordinal)
            .Select(static p => $"{p.Name}:{Print(Simplify(p.Value))}")) + "]",
        _ => Print(Simplify(json)),
    };

    private static string Number(double d) => d == Math.Floor(d) && Math.Abs(d) < 1e15
        ? ((long)d).ToString(CultureInfo.InvariantCulture)
        : d.ToString("R", CultureInfo.InvariantCulture);
}
