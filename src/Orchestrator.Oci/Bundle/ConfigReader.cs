using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Oci.Bundle;

/// <summary>JSON to a part of config.json, every fault named by its field.</summary>
public static class ConfigReader
{
    /// <summary>More than any real one; less than what could be made to fill memory.</summary>
    public const int LargestBytes = 4 << 20;

    /// <exception cref="InvalidDataException">It is not one; <c>FIELD: what is wrong</c>.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type) where T : class
    {
        if (json.Length > LargestBytes)
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"is {json.Length} bytes long; at most {LargestBytes} are read"));
        if (json.StartsWith("\uFEFF"u8))
            json = json[3..];
        try
        {
            var value = JsonSerializer.Deserialize(json, type) ?? throw new InvalidDataException("is null");
            return ConfigScan.FirstFault(json) is { } fault ? throw new InvalidDataException(fault) : value;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(Describe(e), e);
        }
    }

    /// <summary>In words of our own: the serializer's name its types, and a native build has only their keys.</summary>
    private static string Describe(JsonException e)
    {
        var field = Field(e.Path);
        var line = e.LineNumber is { } number ? string.Create(CultureInfo.InvariantCulture, $" (line {number + 1})") : "";
        var message = e.Message.Split(" Path: ", 2)[0];
        var reason = Has(message, "could not be converted", "UnableToConvertValue") ? "is of the wrong kind, or out of range"
            : Has(message, "missing required properties", "RequiredPropertiesMissing") ? $"lacks {LastWord(message)}"
            : Has(message, "doesn't allow", "DisallowNull") ? "may not be null"
            : "is no JSON from here on";
        return $"{field}{(field.Length > 0 ? ": " : "")}{reason}{line}";
    }

    private static bool Has(string message, string words, string key) =>
        message.Contains(words, StringComparison.Ordinal) || message.Contains(key, StringComparison.Ordinal);

    private static string LastWord(string message) =>
        message[(message.LastIndexOfAny([' ', ',', ':']) + 1)..].Trim('\'', '.');

    /// <summary><c>$.linux.namespaces[2].type</c> without what it begins with.</summary>
    private static string Field(string? path) => path is null or "$" ? "" : path.TrimStart('$').TrimStart('.');
}
