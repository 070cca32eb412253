namespace Orchestrator.Cli.Commands;

/// <summary>What the user may have meant by a word that there is not.</summary>
internal static class Suggestion
{
    /// <summary>The nearest of the known words, if one is near: a slip of the finger, not another word.</summary>
    public static string? For(string word, IEnumerable<string> known)
    {
        var nearest = known.Select(k => (Word: k, Distance: Distance(word, k))).DefaultIfEmpty(("", int.MaxValue))
            .MinBy(static k => k.Item2);
        var most = word.Length < 3 ? 0 : word.Length < 5 ? 1 : 2;
        return nearest.Item2 <= most ? nearest.Item1 : null;
    }

    /// <summary>Letters to add, drop, change, or swap with their neighbour.</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        return rows[a.Length, b.Length];
    }
}
