using System.Text;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>Reads one word once from left to right; <see cref="Words"/> is its contract.</summary>
internal sealed partial class WordReader(string source, Func<string, string?> lookup, char escape)
{
    private const char End = '\0';
    private int at;
    private int depth;

    /// <summary>Quotes stay in what is read.</summary>
    public bool KeepQuotes { get; init; }

    /// <summary>Escapes stay in what is read.</summary>
    public bool KeepEscapes { get; init; }

    /// <summary>Quotes are characters like others.</summary>
    public bool QuotesArePlain { get; init; }

    /// <summary>Unset variables stay as written.</summary>
    public bool KeepUnset { get; init; }

    private bool AtEnd => at >= source.Length;

    /// <exception cref="FormatException">Docker's words.</exception>
    public (string Text, List<string> List) Read()
    {
        try
        {
            return ReadTo(End, KeepEscapes);
        }
        catch (FormatException fault)
        {
            throw new FormatException($"failed to process {GoText.Quote(source)}: {fault.Message}");
        }
    }

    private char Peek() => AtEnd ? End : source[at];

    private char Next() => AtEnd ? End : source[at++];

    /// <summary>Up to <paramref name="stop"/>, which is taken; <see cref="End"/>: to the end.</summary>
    private (string Text, List<string> List) ReadTo(char stop, bool keepEscapes)
    {
        // A word nests through ${a:-${b:-…}}; a line of them must not end the process.
        if (++depth > 200) throw new FormatException("syntax error: substitutions are nested too deep");
        var text = new StringBuilder();
        var split = new WordSplit();
        while (!AtEnd)
        {
            if (stop != End && source[at] == stop)
            {
                at++;
                depth--;
                return (text.ToString(), split.ToList());
            }
            ReadOne(text, split, keepEscapes);
        }
        if (stop != End)
            throw new FormatException($"unexpected end of statement while looking for matching {stop}");
        depth--;
        return (text.ToString(), split.ToList());
    }

    private void ReadOne(StringBuilder text, WordSplit split, bool keepEscapes)
    {
        var special = source[at] switch
        {
            '$' => Dollar(),
            '<' => Heredoc(),
            '\'' when !QuotesArePlain => SingleQuoted(),
            '"' when !QuotesArePlain => DoubleQuoted(keepEscapes),
            _ => null,
        };
        if (special is not null)
        {
            text.Append(special.Value.Text);
            if (special.Value.IsVariable) split.Add(special.Value.Text);
            else split.AddQuoted(special.Value.Text);
            return;
        }

        var c = Next();
        if (c != escape)
        {
            text.Append(c);
            split.Add(c);
            return;
        }
        var escaped = (keepEscapes ? c.ToString() : "") + (AtEnd ? "" : Next().ToString());
        text.Append(escaped);
        split.AddQuoted(escaped);
    }

    private (string Text, bool IsVariable)? SingleQuoted()
    {
        var close = source.IndexOf('\'', at + 1);
        if (close < 0)
            throw new FormatException("unexpected end of statement while looking for matching single-quote");
        var inside = KeepQuotes ? source[at..(close + 1)] : source[(at + 1)..close];
        at = close + 1;
        return (inside, false);
    }

    private (string Text, bool IsVariable)? DoubleQuoted(bool keepEscapes)
    {
        at++;
        var inside = new StringBuilder(KeepQuotes ? "\"" : "");
        while (true)
        {
            if (AtEnd)
                throw new FormatException("unexpected end of statement while looking for matching double-quote");
            if (Peek() == '$')
            {
                inside.Append(Dollar()!.Value.Text);
                continue;
            }
            var c = Next();
            if (c == '"') return (KeepQuotes ? inside.Append('"').ToString() : inside.ToString(), false);
            if (c == escape)
            {
                if (keepEscapes) inside.Append(c);
                if (AtEnd) continue;
                if (Peek() is '"' or '$' || Peek() == escape) c = Next();
            }
            inside.Append(c);
        }
    }

    /// <summary><c>&lt;&lt;</c> holds on to the word after it.</summary>
    private (string Text, bool IsVariable)? Heredoc()
    {
        var start = at++;
        if (Peek() != '<') return ("<", false);
        at++;
        while (Peek() is ' ' or '\t' or '\r') at++;
        return (source[start..at], false);
    }
}
