namespace Orchestrator.Build.Syntax.Checks;

/// <summary>The variables a word asks for.</summary>
internal static class VariableUse
{
    /// <returns>Each name once, in order; none where the word cannot be read.</returns>
    public static IReadOnlyList<string> Of(string word, char escape) =>
        Of(lookup => Words.Expand(word, lookup, escape));

    /// <summary>Of the text of a heredoc.</summary>
    public static IReadOnlyList<string> OfText(string text) => Of(lookup => Words.ExpandText(text, lookup));

    private static List<string> Of(Func<Func<string, string?>, string> expand)
    {
        var names = new List<string>();
        try
        {
            expand(name =>
            {
                // The shell's own parameters, such as $@, are no variables of a Dockerfile.
                if ((char.IsLetter(name, 0) || name[0] == '_') && !names.Contains(name)) names.Add(name);
                return null;
            });
        }
        catch (FormatException)
        {
            // Said by the build, with its place; what was asked for until then counts.
        }
        return names;
    }
}
