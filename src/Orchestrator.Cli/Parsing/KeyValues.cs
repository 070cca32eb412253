namespace Orchestrator.Cli.Parsing;

/// <summary><c>key=value</c> words as a map; a bare <c>key</c> has the empty value.</summary>
internal static class KeyValues
{
    /// <summary>Null when there are none: the shape of an omitted JSON map.</summary>
    public static Dictionary<string, string>? ToMap(IEnumerable<string> pairs)
    {
        Dictionary<string, string>? map = null;
        foreach (var pair in pairs)
        {
            var (key, value) = Split(pair);
            (map ??= new(StringComparer.Ordinal))[key] = value ?? "";
        }
        return map;
    }

    /// <summary>Value is null when there is no equals sign.</summary>
    public static (string Key, string? Value) Split(string pair)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (pair, null) : (pair[..equals], pair[(equals + 1)..]);
    }
}
