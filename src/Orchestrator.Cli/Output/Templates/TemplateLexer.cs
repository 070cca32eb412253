using System.Text;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>Cuts a template into text and actions, and an action into words.</summary>
internal static class TemplateLexer
{
    /// <summary>Text and actions in turn; <c>{{-</c> and <c>-}}</c> eat the white space beside them.</summary>
    public static List<(bool IsAction, string Text)> Split(string template)
    {
        var parts = new List<(bool, string)>();
        var at = 0;
        var trimStart = false;
        while (at < template.Length)
        {
            var open = template.IndexOf("{{", at, StringComparison.Ordinal);
            var text = open < 0 ? template[at..] : template[at..open];
            if (trimStart) text = text.TrimStart();
            if (open >= 0 && At(template, open + 2, "- ")) text = text.TrimEnd();
            if (text.Length > 0) parts.Add((false, text));
            if (open < 0) break;

            var close = template.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0) throw new TemplateException("an action {{ is not closed by }}");
            var start = At(template, open + 2, "- ") ? open + 3 : open + 2;
            trimStart = template[close - 1] == '-' && close - 1 > start && template[close - 2] == ' ';
            parts.Add((true, template[start..(trimStart ? close - 1 : close)].Trim()));
            at = close + 2;
        }
        return parts;
    }

    /// <summary>Words, quoted strings (with their quotes), and each of <c>( ) | , :=</c> by itself.</summary>
    public static List<string> Words(string action)
    {
        var words = new List<string>();
        for (var i = 0; i < action.Length;)
        {
            var c = action[i];
            if (char.IsWhiteSpace(c)) i++;
            else if (c is '"' or '`') words.Add(Quoted(action, ref i));
            else if (c is '(' or '|' or ',') words.Add(action[i++].ToString());
            else if (c == ')') words.Add(Closing(action, ref i));
            else if (At(action, i, ":=")) (i, _) = (i + 2, Append(words, ":="));
            else words.Add(Plain(action, ref i));
        }
        return words;
    }

    private static bool At(string text, int index, string what) =>
        string.CompareOrdinal(text, index, what, 0, what.Length) == 0;

    private static bool Append(List<string> words, string word)
    {
        words.Add(word);
        return true;
    }

    /// <summary>A closing bracket together with the fields of its result: <c>).Name</c>.</summary>
    private static string Closing(string action, ref int i)
    {
        var start = i++;
        while (i < action.Length && (action[i] is '.' or '_' || char.IsLetterOrDigit(action[i]))) i++;
        return action[start..i];
    }

    private static string Plain(string action, ref int i)
    {
        var start = i;
        while (i < action.Length && !char.IsWhiteSpace(action[i]) && action[i] is not ('(' or ')' or '|' or ',' or '"')
            && !At(action, i, ":="))
            i++;
        return action[start..i];
    }

    private static string Quoted(string action, ref int i)
    {
        var quote = action[i];
        var word = new StringBuilder().Append('"');
        for (i++; i < action.Length && action[i] != quote; i++)
        {
            if (action[i] != '\\' || quote == '`' || i + 1 == action.Length) word.Append(action[i]);
            else word.Append(action[++i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other });
        }
        if (i >= action.Length) throw new TemplateException($"a string is not closed in {{{{{action}}}}}");
        i++;
        return word.ToString();
    }
}
