using System.Text;

namespace Orchestrator.Cli.Parsing;

/// <summary>
/// One text cut into words as a shell would: blanks part, quotes hold together, a backslash takes the next.
/// </summary>
internal static class ShellWords
{
    /// <exception cref="FormatException">A quote is not closed.</exception>
    public static string[] Split(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var inWord = false;
        char quote = default;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote == default && char.IsWhiteSpace(c))
            {
                if (inWord) words.Add(word.ToString());
                word.Clear();
                inWord = false;
                continue;
            }
            inWord = true;
            if (c == quote) quote = default;
            else if (quote == default && c is '"' or '\'' && quote == default) quote = c;
            else if (c == '\\' && quote != '\'' && i + 1 < text.Length) word.Append(text[++i]);
            else word.Append(c);
        }
        if (quote != default) throw new FormatException($"a quote is not closed in {text}");
        if (inWord) words.Add(word.ToString());
        return [.. words];
    }
}
