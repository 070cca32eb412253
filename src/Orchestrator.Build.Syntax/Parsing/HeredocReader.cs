using System.Text;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>Finds the heredocs a line opens and takes their bodies from the lines after it.</summary>
internal static class HeredocReader
{
    /// <exception cref="DockerfileException">The file ends before the closing word.</exception>
    public static List<Heredoc> TakeBodies(LogicalLine line, SourceLines lines)
    {
        var text = line.Text;
        if (!text.Contains("<<", StringComparison.Ordinal)) return [];
        return [.. Openings(text).Select(heredoc => heredoc with { Content = Body(heredoc, line, lines) })];
    }

    /// <summary>The heredoc a single word opens, still without its content; null where it is none.</summary>
    public static Heredoc? Opening(string word)
    {
        var digits = 0;
        while (digits < word.Length && char.IsAsciiDigit(word[digits])) digits++;
        if (!word.AsSpan(digits).StartsWith("<<")) return null;
        var rest = word[(digits + 2)..];
        var chomp = rest.StartsWith('-');
        rest = (chomp ? rest[1..] : rest).TrimStart();
        if (rest.Length == 0 || rest.Contains('<', StringComparison.Ordinal)) return null;

        if (Unquoted(rest, keepQuotes: false) is not [var name]) return null;
        var isQuoted = Quotes(name) != Quotes(Unquoted(rest, keepQuotes: true)[0]);
        _ = int.TryParse(word.AsSpan(0, digits), out var descriptor);
        return new Heredoc(name, "", !isQuoted, chomp, descriptor);
    }

    private static List<Heredoc> Openings(string text)
    {
        try
        {
            var words = new WordReader(text, _ => null, '\\')
            {
                KeepQuotes = true,
                KeepEscapes = true,
                KeepUnset = true,
            }.Read().List;
            return [.. words.Select(Opening).OfType<Heredoc>()];
        }
        catch (FormatException)
        {
            return []; // What the shell reads differently is for the shell.
        }
    }

    private static string Body(Heredoc heredoc, LogicalLine line, SourceLines lines)
    {
        var body = new StringBuilder();
        while (lines.Next() is { } next)
        {
            var written = next.TrimEnd('\r', '\n');
            if ((heredoc.Chomp ? written.TrimStart('\t') : written) == heredoc.Name) return body.ToString();
            body.Append(next);
        }
        throw line.Fault(0, "unterminated heredoc");
    }

    private static List<string> Unquoted(string word, bool keepQuotes)
    {
        try
        {
            return new WordReader(word, _ => null, '\\') { KeepQuotes = keepQuotes, KeepUnset = true }.Read().List;
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private static int Quotes(string text) => text.Count(c => c is '\'' or '"');
}
