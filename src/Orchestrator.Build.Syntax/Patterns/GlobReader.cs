using System.Collections.Immutable;
using System.Text;

namespace Orchestrator.Build.Syntax.Patterns;

internal sealed class GlobReader(string pattern, bool doubleStars)
{
    private readonly Rune[] runes = [.. pattern.EnumerateRunes()];
    private int at;

    private bool AtEnd => at == runes.Length;

    /// <exception cref="FormatException">Go's word for a pattern that is none.</exception>
    public ImmutableArray<GlobToken> Read()
    {
        var tokens = ImmutableArray.CreateBuilder<GlobToken>();
        while (!AtEnd) tokens.Add(Next());
        // Docker takes a leading ** before plain text for "ends in", wherever that begins.
        if (doubleStars && tokens.Count > 1 && tokens[0].Kind == GlobKind.Folders
            && !pattern.StartsWith("**/", StringComparison.Ordinal)
            && tokens.Skip(1).All(token => token.Kind == GlobKind.Rune)) tokens[0] = new GlobToken(GlobKind.All);
        return tokens.ToImmutable();
    }

    private GlobToken Next()
    {
        var rune = runes[at++];
        switch (rune.Value)
        {
            case '*' when doubleStars && !AtEnd && runes[at].Value == '*':
                return Double();
            case '*':
                return new GlobToken(GlobKind.Name);
            case '?':
                return new GlobToken(GlobKind.Any);
            case '[':
                return Set();
            case '\\':
                return AtEnd ? throw Bad() : new GlobToken(GlobKind.Rune, runes[at++]);
            default:
                return new GlobToken(GlobKind.Rune, rune);
        }
    }

    private GlobToken Double()
    {
        at++;
        if (!AtEnd && runes[at].Value == '/') at++;
        return new GlobToken(AtEnd ? GlobKind.All : GlobKind.Folders);
    }

    private GlobToken Set()
    {
        var isNegated = !AtEnd && runes[at].Value == '^';
        if (isNegated) at++;
        var ranges = ImmutableArray.CreateBuilder<(Rune, Rune)>();
        while (ranges.Count == 0 || AtEnd || runes[at].Value != ']')
        {
            var first = Member();
            var isRange = !AtEnd && runes[at].Value == '-';
            if (isRange) at++;
            ranges.Add((first, isRange ? Member() : first));
        }
        at++;
        return new GlobToken(GlobKind.Set) { Ranges = ranges.ToImmutable(), IsNegated = isNegated };
    }

    private Rune Member()
    {
        if (AtEnd || runes[at].Value is '-' or ']') throw Bad();
        if (runes[at].Value == '\\') at++;
        var rune = AtEnd ? throw Bad() : runes[at++];
        return AtEnd ? throw Bad() : rune; // A set never ends the pattern without its bracket.
    }

    private static FormatException Bad() => new("syntax error in pattern");
}
