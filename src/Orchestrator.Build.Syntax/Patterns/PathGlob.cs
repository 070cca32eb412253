using System.Collections.Immutable;
using System.Text;

namespace Orchestrator.Build.Syntax.Patterns;

/// <summary>
/// A pattern over slash-separated paths: Go's <c>filepath.Match</c>, and with <c>**</c> that of <c>.dockerignore</c>.
/// </summary>
/// <remarks>Matching is one pass over the path with every state at once, so no pattern is slow.</remarks>
public sealed class PathGlob
{
    private readonly ImmutableArray<GlobToken> tokens;

    private PathGlob(ImmutableArray<GlobToken> tokens, string literalPrefix) =>
        (this.tokens, LiteralPrefix) = (tokens, literalPrefix);

    /// <summary>What every matching path begins with.</summary>
    public string LiteralPrefix { get; }

    /// <summary>Whether it is a plain name, without <c>*</c>, <c>?</c>, <c>[</c> or an escape.</summary>
    public bool IsLiteral => tokens.All(token => token.Kind == GlobKind.Rune);

    /// <summary><c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[^a]</c> and backslash; none matches a slash but a set.</summary>
    /// <exception cref="FormatException">A set that is not closed, or an escape of nothing.</exception>
    public static PathGlob Parse(string pattern) => Parse(pattern, doubleStars: false);

    /// <summary>The same with <c>**</c>, which matches any number of folders.</summary>
    /// <inheritdoc cref="Parse(string)"/>
    public static PathGlob ParseWithDoubleStars(string pattern) => Parse(pattern, doubleStars: true);

    public bool IsMatch(string path)
    {
        // at[j]: the first j tokens match up to here. within[j]: token j, a run of folders, is only half done.
        var at = new bool[tokens.Length + 1];
        var within = new bool[tokens.Length];
        at[0] = true;
        Skip(at);
        foreach (var rune in path.EnumerateRunes())
        {
            if (!Step(ref at, within, rune)) return false;
            Skip(at);
        }
        return at[^1];
    }

    /// <summary>Tokens that may match nothing let the next begin at once.</summary>
    private void Skip(bool[] at)
    {
        for (var j = 0; j < tokens.Length; j++)
            at[j + 1] |= at[j] && tokens[j].MayBeEmpty;
    }

    private bool Step(ref bool[] at, bool[] within, Rune rune)
    {
        var next = new bool[at.Length];
        var alive = false;
        for (var j = 0; j < tokens.Length; j++)
        {
            if (tokens[j].Kind == GlobKind.Folders)
            {
                within[j] |= at[j];
                next[j + 1] |= within[j] && rune.Value == '/';
                alive |= within[j];
            }
            else if (at[j] && tokens[j].Matches(rune)) next[tokens[j].Repeats ? j : j + 1] = true;
        }
        at = next;
        return alive || next.Contains(true);
    }

    private static PathGlob Parse(string pattern, bool doubleStars)
    {
        var tokens = new GlobReader(pattern, doubleStars).Read();
        var prefix = new StringBuilder();
        foreach (var token in tokens.TakeWhile(token => token.Kind == GlobKind.Rune)) prefix.Append(token.Rune);
        return new PathGlob(tokens, prefix.ToString());
    }
}
