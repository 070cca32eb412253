using System.Text;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>One line of comma-separated fields, where quotes hide commas.</summary>
internal static class CsvLine
{
    /// <exception cref="FormatException">A quote in the middle of a field, or one that is not closed.</exception>
    public static List<string> Split(string line)
    {
        var fields = new List<string>();
        var rest = line.AsSpan();
        while (true)
        {
            var field = rest.StartsWith('"') ? Quoted(ref rest) : Plain(ref rest);
            fields.Add(field);
            if (rest.IsEmpty) return fields;
            rest = rest[1..]; // The comma.
        }
    }

    private static string Plain(ref ReadOnlySpan<char> rest)
    {
        var comma = rest.IndexOf(',');
        var field = (comma < 0 ? rest : rest[..comma]).ToString();
        if (field.Contains('"', StringComparison.Ordinal))
            throw new FormatException("failed to parse csv mounts: bare \" in non-quoted field");
        rest = comma < 0 ? [] : rest[comma..];
        return field;
    }

    private static string Quoted(ref ReadOnlySpan<char> rest)
    {
        var field = new StringBuilder();
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] != '"') field.Append(rest[i]);
            else if (i + 1 < rest.Length && rest[i + 1] == '"') field.Append(rest[i++]);
            else if (i + 1 < rest.Length && rest[i + 1] != ',') break;
            else
            {
                rest = rest[(i + 1)..];
                return field.ToString();
            }
        }
        throw new FormatException("failed to parse csv mounts: extraneous or missing \" in quoted-field");
    }
}
