using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Oci.Bundle;

/// <summary>Looks through well-formed JSON for what no part of config.json may hold, whatever its type: null as an
/// element of an array, and a zero byte, which would cut a text short where the kernel reads it.</summary>
internal static class ConfigScan
{
    /// <returns>Null: there is none.</returns>
    public static string? FirstFault(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var path = new Stack<Place>();
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
            {
                path.Pop();
                continue;
            }

            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                path.Peek().Name = reader.GetString()!;
                if (path.Peek().Name.Contains('\0', StringComparison.Ordinal))
                    return $"{Text(path).Replace('\0', '?')}: its name has a zero byte";
                continue;
            }

            if (path.TryPeek(out var inside))
                inside.Index++;
            if (Fault(ref reader, inside) is { } fault)
                return $"{Text(path)}: {fault}";
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                path.Push(new Place(reader.TokenType == JsonTokenType.StartArray));
        }

        return null;
    }

    private static string? Fault(ref Utf8JsonReader reader, Place? inside) => reader.TokenType switch
    {
        JsonTokenType.Null when inside is { IsArray: true } => "may not be null",
        JsonTokenType.String when reader.ValueIsEscaped && reader.GetString()!.Contains('\0', StringComparison.Ordinal) =>
            "has a zero byte",
        _ => null,
    };

    private static string Text(Stack<Place> path)
    {
        var text = new StringBuilder();
        foreach (var place in path.Reverse())
        {
            if (place.IsArray)
                text.Append(CultureInfo.InvariantCulture, $"[{place.Index}]");
            else
                text.Append(text.Length == 0 ? "" : ".").Append(place.Name);
        }

        return text.ToString();
    }

    private sealed class Place(bool isArray)
    {
        public bool IsArray { get; } = isArray;

        public string Name { get; set; } = "";

        public int Index { get; set; } = -1;
    }
}
