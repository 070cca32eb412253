using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>Values as JSON, on one line.</summary>
internal static class TemplateJson
{
    public static string Write(object? value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, JsonText.LineOptions)) Write(writer, value);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case bool b: writer.WriteBooleanValue(b); break;
            case long n: writer.WriteNumberValue(n); break;
            case double d: writer.WriteNumberValue(d); break;
            case TypedJson typed: typed.WriteTo(writer); break;
            case var nil when nil == TypedJson.Nil: writer.WriteNullValue(); break;
            case JsonElement json: json.WriteTo(writer); break;
            case IReadOnlyList<object?> list:
                writer.WriteStartArray();
                foreach (var item in list) Write(writer, item);
                writer.WriteEndArray();
                break;
            case ITemplateObject row:
                WriteMap(writer, row.Fields.Select(static f => (f.Key, f.Value)));
                break;
            default: writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    public static void WriteMap(Utf8JsonWriter writer, IEnumerable<(string Name, object? Value)> items)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in items)
        {
            writer.WritePropertyName(name);
            Write(writer, value);
        }
        writer.WriteEndObject();
    }
}
