namespace Orchestrator.Cli.Output;

/// <summary>Cells: what is cut, and how.</summary>
internal static class Text
{
    private const int ShortIdLength = 12;

    /// <summary>The first 12 characters of an ID, without its algorithm.</summary>
    public static string ShortId(string id)
    {
        var colon = id.IndexOf(':', StringComparison.Ordinal);
        var bare = colon < 0 ? id : id[(colon + 1)..];
        return bare.Length <= ShortIdLength ? bare : bare[..ShortIdLength];
    }

    public static string Id(string id, bool full) => full ? id : ShortId(id);

    /// <summary>At most so many characters, the last then an ellipsis.</summary>
    public static string Ellipsis(string text, int length)
    {
        if (text.Length <= length) return text;
        return length < 2 ? text[..length] : text[..(length - 1)] + "…";
    }

    /// <summary>A name that others chose, fit for a terminal.</summary>
    public static string Printable(string text) =>
        string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c));

    public static string Capitalize(string? text) =>
        string.IsNullOrEmpty(text) ? "" : char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary><c>a=1,b=2</c>, sorted.</summary>
    public static string Join(IReadOnlyDictionary<string, string>? map) => map is null
        ? ""
        : string.Join(',', map.OrderBy(static pair => pair.Key, StringComparer.Ordinal)
            .Select(static pair => $"{pair.Key}={pair.Value}"));

    /// <summary>Go's <c>%q</c>, for text without control characters beyond tab and newline.</summary>
    public static string Quote(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)
            .Replace("\r", "\\r", StringComparison.Ordinal) + "\"";
}
