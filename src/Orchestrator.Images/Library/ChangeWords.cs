using System.Text;

namespace Orchestrator.Images.Library;

/// <summary>Splits the arguments of an instruction at blanks, minding quotes and backslashes.</summary>
internal static class ChangeWords
{
    public static List<string> Split(string text, string instruction)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quote, inside) = ('\0', false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && quote != '\'' && i + 1 < text.Length)
            {
                word.Append(text[++i]);
                inside = true;
            }
            else if (quote != '\0' ? c == quote : c is '"' or '\'')
            {
                quote = quote == '\0' ? c : '\0';
                inside = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (inside)
                    words.Add(word.ToString());
                word.Clear();
                inside = false;
            }
            else
            {
                word.Append(c);
                inside = true;
            }
        }

        if (quote != '\0')
            throw ConfigChanges.Bad(instruction, $"has an unclosed {quote}");
        if (inside)
            words.Add(word.ToString());
        return words;
    }

    /// <summary><c>a=b c="d e"</c>, or the old form <c>a b</c> of one name and the rest of the line.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Pairs(string text, string instruction)
    {
        var words = Split(text, instruction);
        if (!words[0].Contains('=', StringComparison.Ordinal))
        {
            var old = text.Split([' ', '\t'], 2, StringSplitOptions.TrimEntries);
            return old.Length == 2 ? [new(old[0], old[1])]
                : throw ConfigChanges.Bad(instruction, "must have two arguments");
        }

        return words.Select(word => word.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
            ? new KeyValuePair<string, string>(word[..at], word[(at + 1)..])
            : throw ConfigChanges.Bad(instruction, $"has \"{word}\" where name=value should be"));
    }
}
