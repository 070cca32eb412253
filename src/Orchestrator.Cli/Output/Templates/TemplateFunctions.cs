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
            ["print"] = static a => string.Concat(a.Select(TemplateValues.Print)),
            ["println"] = static a => string.Join(' ', a.Select(TemplateValues.Print)) + "\n",
            ["printf"] = static a => Printf(Str(a, 0), a),
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

    private static double Length(object? value) => value is string s ? s.Length : TemplateValues.Items(value).Count();

    private static object? Index(List<object?> arguments)
    {
        var value = Arg(arguments, 0);
        foreach (var key in arguments.Skip(1))
        {
            value = key is double position
                ? TemplateValues.Items(value).ElementAtOrDefault((int)position).Item
                : value is JsonElement { ValueKind: JsonValueKind.Object } map
                    && map.TryGetProperty(TemplateValues.Print(key), out var found)
                    ? TemplateValues.Simplify(found)
                    : null;
        }
        return value;
    }

    private static string Printf(string format, List<object?> arguments)
    {
        var output = new StringBuilder();
        var next = 1;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length) output.Append(format[i]);
            else if (format[++i] == '%') output.Append('%');
            else if (format[i] == 'q') output.Append(Text.Quote(Str(arguments, next++)));
            else if (format[i] is 's' or 'v' or 'd') output.Append(Str(arguments, next++));
            else throw new TemplateException($"printf: only %s %v %d %q are known, not %{format[i]}");
        }
        return output.ToString();
    }

    private static string Json(object? value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, JsonText.LineOptions)) WriteJson(writer, value);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteJson(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case bool b: writer.WriteBooleanValue(b); break;
            case double d: writer.WriteRawValue(TemplateValues.Print(d)); break;
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
