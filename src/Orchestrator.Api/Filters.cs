using System.Text.Json;

namespace Orchestrator.Api;

/// <summary>The <c>filters</c> query parameter: keys with the values a listed object may have.</summary>
/// <remarks>
/// Clients before API 1.22 send lists, later ones sets (<c>{"label":{"a=b":true}}</c>); both are read.
/// </remarks>
public sealed class Filters
{
    private readonly SortedDictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    public static Filters Empty => new();

    public IEnumerable<string> Keys => _values.Keys;

    public bool IsEmpty => _values.Count == 0;

    /// <summary>The values given for a key; empty when there are none, which means "any".</summary>
    public IReadOnlyList<string> this[string key] => _values.TryGetValue(key, out var values) ? values : [];

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>Adds one value; the same pair twice counts once.</summary>
    public Filters Add(string key, string value)
    {
        if (!_values.TryGetValue(key, out var values)) _values[key] = values = [];
        if (!values.Contains(value)) values.Add(value);
        return this;
    }

    /// <exception cref="FormatException">The text is not one of the two forms.</exception>
    public static Filters Parse(string? json)
    {
        var filters = new Filters();
        if (string.IsNullOrEmpty(json)) return filters;
        try
        {
            using var document = JsonDocument.Parse(json);
            foreach (var key in document.RootElement.EnumerateObject())
                filters.AddAll(key.Name, key.Value);
            return filters;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"invalid filter: {json} is not {{\"key\":[\"value\"]}}", e);
        }
    }

    /// <summary>The form that clients send today: <c>{"key":{"value":true}}</c>.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var (key, values) in _values)
            {
                writer.WriteStartObject(key);
                foreach (var value in values) writer.WriteBoolean(value, true);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private void AddAll(string key, JsonElement values)
    {
        if (values.ValueKind == JsonValueKind.Array)
            foreach (var value in values.EnumerateArray()) Add(key, value.GetString() ?? "");
        else
            foreach (var value in values.EnumerateObject().Where(v => v.Value.GetBoolean())) Add(key, value.Name);
    }
}
