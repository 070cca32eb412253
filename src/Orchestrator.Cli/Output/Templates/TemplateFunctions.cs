using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>
/// The functions a template may call: docker's, and the built-in ones of Go that people use with them.
/// </summary>
internal static class TemplateFunctions
{
    private static readonly FrozenDictionary<string, Func<List<object?>, object?>> Functions =
        new Dictionary<string, Func<List<object?>, object?>>
        {
            ["json"] = static a => Json(Arg(a, 0)),
            ["join"] = static a =>
                string.Join(Str(a, 1), TemplateValues.Items(Arg(a, 0)).Select(i => TemplateValues.Print(i.Item))),
            ["split"] = static a => Str(a, 0).Split(Str(a, 1)).Cast<object?>().ToList(),
            ["title"] = static a => Text.Capitalize(Str(a, 0)),
            ["lower"] = static a => Str(a, 0).ToLowerInvariant(),
            ["upper"] = static a => Str(a, 0).ToUpperInvariant(),
            ["pad"] = static a => Pad(Str(a, 0), Int(a, 1), Int(a, 2)),
            ["truncate"] = static a => Str(a, 0) is var s && s.Length > Int(a, 1) ? s[..Int(a, 1)] : s,
            ["print"] = Print,
            ["html"] = static a => Html(Print(a)),
            ["js"] = static a => Js(Print(a)),
            ["urlquery"] = static a => Uri.EscapeDataString(Print(a)).Replace("%20", "+", StringComparison.Ordinal),
            ["slice"] = Slice,
            ["println"] = static a => string.Join(' ', a.Select(TemplateValues.Print)) + "\n",
            ["printf"] = static a => GoFormat.Print(Str(a, 0), a),
            ["len"] = static a => Length(Arg(a, 0)),
            ["index"] = Index,
            ["eq"] = static a => a.Skip(1).Any(other => Same(Arg(a, 0), other)),
            ["ne"] = static a => !Same(Arg(a, 0), Arg(a, 1)),
            ["lt"] = static a => Compare(a) < 0,
            ["le"] = static a => Compare(a) <= 0,
            ["gt"] = static a => Compare(a) > 0,
            ["ge"] = static a => Compare(a) >= 0,
            ["and"] = static a => a.Find(static v => !TemplateValues.IsTrue(v)) is var v
                && a.TrueForAll(TemplateValues.IsTrue) ? a[^1] : v,
            ["or"] = static a => a.Find(TemplateValues.IsTrue) ?? a[^1],
            ["not"] = static a => !TemplateValues.IsTrue(Arg(a, 0)),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool IsKnown(string name) => Functions.ContainsKey(name);

    public static object? Call(string name, List<object?> arguments) => Functions[name](arguments);

    private static object? Arg(List<object?> arguments, int i) => i < arguments.Count
        ? arguments[i]
        : throw new TemplateException($"wrong number of args: want at least {i + 1} got {arguments.Count}");

    private static string Str(List<object?> arguments, int i) => TemplateValues.Print(Arg(arguments, i));

    private static int Int(List<object?> arguments, int i) => (int)TemplateValues.ToNumber(Arg(arguments, i));

    private static string Pad(string text, int before, int after) =>
        text.Length == 0 ? "" : new string(' ', before) + text + new string(' ', after);

    private static bool Same(object? a, object? b) => TemplateValues.Print(a) == TemplateValues.Print(b);

    private static int Compare(List<object?> a) => Arg(a, 0) is double x && Arg(a, 1) is double y
        ? x.CompareTo(y)
        : string.CompareOrdinal(Str(a, 0), Str(a, 1));

    /// <summary>A space between two values when neither is a string: Go's Sprint.</summary>
    private static string Print(List<object?> values)
    {
        var text = new StringBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0 && values[i] is not string && values[i - 1] is not string) text.Append(' ');
            text.Append(TemplateValues.Print(values[i]));
        }
        return text.ToString();
    }

    private static string Html(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&#34;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);

    private static string Js(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("'", "\\'", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("<", "\\u003C", StringComparison.Ordinal).Replace(">", "\\u003E", StringComparison.Ordinal)
        .Replace("&", "\\u0026", StringComparison.Ordinal).Replace("=", "\\u003D", StringComparison.Ordinal);

    private static object? Slice(List<object?> a)
    {
        if (Arg(a, 0) is string text)
        {
            var (from, to) = Bounds(a, text.Length);
            return text[from..to];
        }
        var items = TemplateValues.Items(Arg(a, 0)).Select(static i => i.Item).ToList();
        var (start, end) = Bounds(a, items.Count);
        return items[start..end];
    }

    private static (int From, int To) Bounds(List<object?> a, int length)
    {
        var from = a.Count > 1 ? Int(a, 1) : 0;
        var to = a.Count > 2 ? Int(a, 2) : length;
        return from >= 0 && from <= to && to <= length ? (from, to)
            : throw new TemplateException($"error calling slice: index out of range: {(to > length ? to : from)}");
    }

    private static double Length(object? value) => value is string s ? s.Length : TemplateValues.Items(value).Count();

    private static object? Index(List<object?> arguments)
    {
        var value = Arg(arguments, 0);
        foreach (var key in arguments.Skip(1)) value = At(value, key);
        return value;
    }

    private static object? At(object? value, object? key)
    {
        if (value is null || value == TypedJson.Nil)
            throw new TemplateException("error calling index: index of untyped nil");
        if (value is TypedJson { IsMap: true } map)
            return map.TryField(TemplateValues.Print(key), out var found) ? found : map.Missing();
        if (value is JsonElement { ValueKind: JsonValueKind.Object } json)
            return json.TryGetProperty(TemplateValues.Print(key), out var item) ? TemplateValues.Simplify(item) : null;
        if (key is not double position)
            throw new TemplateException($"error calling index: cannot index slice/array with {TemplateValues.Print(key)}");
        var items = TemplateValues.Items(value).ToList();
        return position >= 0 && position < items.Count ? items[(int)position].Item
            : throw new TemplateException($"error calling index: index out of range: {TemplateValues.Print(key)}");
    }

    private static string Json(object? value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, JsonText.LineOptions)) WriteJson(writer, value);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public static void WriteJson(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case bool b: writer.WriteBooleanValue(b); break;
            case double d: writer.WriteRawValue(TemplateValues.Print(d)); break;
            case TypedJson typed: typed.WriteTo(writer); break;
            case var nil when nil == TypedJson.Nil: writer.WriteNullValue(); break;
            case JsonElement json: json.WriteTo(writer); break;
            case IReadOnlyList<object?> list:
                writer.WriteStartArray();
                foreach (var item in list) WriteJson(writer, item);
                writer.WriteEndArray();
                break;
            case ITemplateObject row:
                writer.WriteStartObject();
                foreach (var (name, field) in row.Fields.OrderBy(static f => f.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    WriteJson(writer, field);
                }
                writer.WriteEndObject();
                break;
            default: writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }
}
