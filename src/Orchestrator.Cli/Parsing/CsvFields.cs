namespace Orchestrator.Cli.Parsing;

/// <summary>The fields of a long-form value, <c>type=bind,source="/a,b",target=/c</c>: one line of CSV.</summary>
internal static class CsvFields
{
    /// <summary>Each field as (key, value); keys are lower-cased; a bare key has no value.</summary>
    /// <exception cref="FormatException">A quote is not closed, or there is nothing at all.</exception>
    public static List<(string Key, string? Value)> Parse(string text)
    {
        var fields = new List<(string, string?)>();
        foreach (var field in Split(text))
        {
            var (key, value) = KeyValues.Split(field);
            fields.Add((key.Trim().ToLowerInvariant(), value));
        }
        return fields;
    }

    private static List<string> Split(string text)
    {
        if (text.Length == 0) throw new FormatException("value is empty");
        var fields = new List<string>();
        var field = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"') field.Append(text[i++]);
            else if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else field.Append(c);
        }
        if (quoted) throw new FormatException($"a quote is not closed in {text}");
        fields.Add(field.ToString());
        return fields;
    }
}
