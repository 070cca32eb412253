using System.Collections.Immutable;
using Orchestrator.Build.Syntax.Parsing;

namespace Orchestrator.Build.Syntax;

/// <summary>
/// Replaces variables and takes quotes away, as Dockerfiles have it: <c>$v</c>, <c>${v}</c>, and in braces
/// <c>:- - :+ + :? ? # ## % %% / //</c>.
/// </summary>
/// <remarks>
/// A lookup gives a variable's value, or null where it is unset; it is asked once per mention, so it can also take
/// note of what a word needs. Every method throws <see cref="FormatException"/>, in docker's words, for a quote or
/// brace that is not closed, an unknown modifier, and a variable that <c>?</c> demands. Pure otherwise.
/// </remarks>
public static class Words
{
    /// <summary>One word as one value: blanks stay.</summary>
    public static string Expand(string word, Func<string, string?> lookup, char escape = '\\') =>
        new WordReader(word, lookup, escape).Read().Text;

    /// <summary>
    /// A word as the list that it splits into at blanks outside quotes, after variables are replaced.
    /// </summary>
    public static ImmutableArray<string> ExpandList(string word, Func<string, string?> lookup, char escape = '\\') =>
        [.. new WordReader(word, lookup, escape).Read().List];

    /// <summary>The text of an unquoted heredoc, where quotes mean nothing.</summary>
    public static string ExpandText(string text, Func<string, string?> lookup) =>
        new WordReader(text, lookup, '\\') { QuotesArePlain = true }.Read().Text;

    /// <summary>A word that <see cref="Expand"/> turns back into exactly this value.</summary>
    public static string Quote(string value) => $"'{value.Replace("'", "'\"'\"'", StringComparison.Ordinal)}'";
}
