using System.Text;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>Ways to part an instruction's arguments into words.</summary>
internal static class ArgumentWords
{
    /// <summary>What parts words where quotes do not count.</summary>
    public static bool IsBlank(char c) => c is ' ' or '\t' or '\v' or '\f' or '\r';

    /// <summary>At blanks, whatever the quotes.</summary>
    public static List<Token> AtBlanks(Token arguments)
    {
        var words = new List<Token>();
        var text = arguments.Text;
        for (var i = 0; i < text.Length; i++)
        {
            if (IsBlank(text[i])) continue;
            var start = i;
            while (i < text.Length && !IsBlank(text[i])) i++;
            words.Add(new Token(text[start..i], arguments.Offset + start));
        }
        return words;
    }

    /// <summary>At blanks outside quotes; quotes and escapes stay in the words.</summary>
    public static List<Token> AtOpenBlanks(Token arguments, char escape)
    {
        var words = new List<Token>();
        var text = arguments.Text;
        for (var i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i])) i++;
            else words.Add(Take(arguments, ref i, escape));
        }
        return words;
    }

    /// <summary>The name and the rest of <c>name value</c>; null where there is no second word.</summary>
    public static (string Name, string Value)? NameAndRest(Token arguments)
    {
        var text = arguments.Text;
        var end = 0;
        while (end < text.Length && !IsBlank(text[end])) end++;
        var rest = end;
        while (rest < text.Length && IsBlank(text[rest])) rest++;
        return end == text.Length ? null : (text[..end], text[rest..]);
    }

    private static Token Take(Token arguments, ref int i, char escape)
    {
        var text = arguments.Text;
        var start = i;
        var word = new StringBuilder();
        var quote = '\0';
        for (; i < text.Length; i++)
        {
            var c = text[i];
            if (quote == '\0' && char.IsWhiteSpace(c)) break;
            if (c == escape && quote != '\'')
            {
                if (i + 1 == text.Length) continue; // An escape of nothing is dropped.
                word.Append(c).Append(text[++i]);
                continue;
            }
            if (c == quote) quote = '\0';
            else if (quote == '\0' && c is '\'' or '"') quote = c;
            word.Append(c);
        }
        return new Token(word.ToString(), arguments.Offset + start);
    }
}
