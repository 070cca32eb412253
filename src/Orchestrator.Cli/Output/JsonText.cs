using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Cli.Output;

/// <summary>JSON as text for people: what inspect prints.</summary>
internal static class JsonText
{
    public static JsonWriterOptions LineOptions { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>As Go's: what HTML could read as its own is written as <c>\u003c</c>, the rest as it is.</summary>
    public static string EscapeHtml(string json) => json.Replace("<", "\\u003c", StringComparison.Ordinal)
        .Replace(">", "\\u003e", StringComparison.Ordinal).Replace("&", "\\u0026", StringComparison.Ordinal);

    private static readonly JsonWriterOptions IndentedOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Indented = true,
        IndentSize = 4,
        NewLine = "\n",
    };

    /// <summary>On one line.</summary>
    public static string Line(JsonElement element) => Write(LineOptions, element.WriteTo);

    /// <summary>Two spaces deep, as Go's MarshalIndent is mostly called.</summary>
    public static string Indented(JsonNode node) => Write(IndentedOptions with { IndentSize = 2 }, writer => node.WriteTo(writer));

    /// <summary>The elements as a JSON list: on one line, or four spaces deep.</summary>
    public static string List(IEnumerable<JsonElement> elements, bool indented) =>
        Write(indented ? IndentedOptions : LineOptions, writer =>
        {
            writer.WriteStartArray();
            foreach (var element in elements) element.WriteTo(writer);
            writer.WriteEndArray();
        });

    private static string Write(JsonWriterOptions options, Action<Utf8JsonWriter> body)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, options)) body(writer);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
