using System.Text;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>The pattern of <c>${v#…}</c> and its like: <c>*</c>, <c>?</c> and plain characters.</summary>
/// <remarks>Matching is one pass over the value that keeps every state at once, so no pattern is slow.</remarks>
internal sealed class ShellPattern
{
    private const int Star = -1;
    private const int Any = -2;
    private readonly int[] tokens;

    private ShellPattern(int[] tokens) => this.tokens = tokens;

    /// <exception cref="FormatException">A backslash before what needs none.</exception>
    public static ShellPattern Parse(string pattern)
    {
        var tokens = new List<int>();
        var runes = Runes(pattern);
        for (var i = 0; i < runes.Length; i++)
        {
            if (runes[i] == '\\'
                && (i + 1 == runes.Length || runes[i + 1] is not ('*' or '?' or '\\' or '}' or '/')))
            {
                var after = i + 1 < runes.Length ? new Rune(runes[i + 1]).ToString() : "";
                throw new FormatException($"invalid pattern ({pattern}) in substitution: invalid escape '\\{after}'");
            }
            tokens.Add(runes[i] switch { '*' => Star, '?' => Any, '\\' => runes[++i], var rune => rune });
        }
        return new ShellPattern([.. tokens]);
    }

    public string WithoutPrefix(string value, bool longest)
    {
        var runes = Runes(value);
        return Find(runes, 0, anchored: true, longest) is { } match ? Text(runes.AsSpan(match.End)) : value;
    }

    public string WithoutSuffix(string value, bool longest)
    {
        // The shortest match at the end is the shortest at the start of what is written backwards.
        var runes = Runes(value);
        Array.Reverse(runes);
        var backwards = new ShellPattern([.. tokens.AsEnumerable().Reverse()]);
        if (backwards.Find(runes, 0, anchored: true, longest) is not { } match) return value;
        var rest = runes[match.End..];
        Array.Reverse(rest);
        return Text(rest);
    }

    public string Replace(string value, string replacement, bool all)
    {
        var runes = Runes(value);
        var result = new StringBuilder();
        var from = 0;
        while (from <= runes.Length && Find(runes, from, anchored: false, longest: true) is { } match)
        {
            result.Append(Text(runes.AsSpan(from, match.Start - from))).Append(replacement);
            from = match.End;
            if (!all) break;
            if (match.Start != match.End) continue;
            if (from < runes.Length) result.Append(new Rune(runes[from]));
            from++; // An empty match does not stand still.
        }
        return result.Append(Text(runes.AsSpan(Math.Min(from, runes.Length)))).ToString();
    }

    /// <summary>The leftmost match at or after <paramref name="from"/>, the longest or shortest of those.</summary>
    private (int Start, int End)? Find(int[] runes, int from, bool anchored, bool longest)
    {
        // starts[j]: the leftmost start from which the first j tokens match up to here; int.MaxValue: none.
        var starts = new int[tokens.Length + 1];
        Array.Fill(starts, int.MaxValue);
        (int Start, int End)? best = null;
        for (var i = from; ; i++)
        {
            if (best is null && (i == from || !anchored)) starts[0] = Math.Min(starts[0], i);
            for (var j = 0; j < tokens.Length; j++)
                if (tokens[j] == Star) starts[j + 1] = Math.Min(starts[j + 1], starts[j]);
            var start = starts[tokens.Length];
            if (start != int.MaxValue && (best is null || start <= best.Value.Start)) best = (start, i);
            if (best is not null && !longest) return best;
            if (i == runes.Length) return best;
            if (!Step(starts, runes[i], best?.Start ?? int.MaxValue) && (best is not null || anchored)) return best;
        }
    }

    /// <summary>Takes one character; false when no state is left.</summary>
    private bool Step(int[] starts, int rune, int limit)
    {
        var alive = false;
        for (var j = tokens.Length; j >= 0; j--)
        {
            var stays = j < tokens.Length && tokens[j] == Star && rune != '\n' ? starts[j] : int.MaxValue;
            var comes = j > 0 && (tokens[j - 1] == rune || (tokens[j - 1] == Any && rune != '\n'))
                ? starts[j - 1] : int.MaxValue;
            var next = Math.Min(stays, comes);
            starts[j] = next <= limit ? next : int.MaxValue;
            alive |= starts[j] != int.MaxValue;
        }
        return alive;
    }

    private static int[] Runes(string text) => [.. text.EnumerateRunes().Select(rune => rune.Value)];

    private static string Text(ReadOnlySpan<int> runes)
    {
        var text = new StringBuilder(runes.Length);
        foreach (var rune in runes) text.Append(new Rune(rune));
        return text.ToString();
    }
}
