namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>The word that was probably meant.</summary>
internal static class Suggestion
{
    private const int Near = 2;

    /// <returns><c> (did you mean X?)</c>, or nothing where no known word is within two edits.</returns>
    public static string For(string written, IEnumerable<string> known)
    {
        var nearest = known.Select(word => (Word: word, Distance: Distance(written, word)))
            .Where(candidate => candidate.Distance <= Near)
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Word, StringComparer.Ordinal)
            .FirstOrDefault();
        return nearest.Word is null || nearest.Distance == 0 ? "" : $" (did you mean {nearest.Word}?)";
    }

    /// <summary>For words that count in any case: the suggestion takes the case of what was written.</summary>
    public static string InItsCase(string written, IEnumerable<string> knownUpper) =>
        !written.Any(char.IsUpper)
            ? For(written, knownUpper.Select(word => word.ToLowerInvariant()))
            : For(written.ToUpperInvariant(), knownUpper);

    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > Near) return Near + 1;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }
}
