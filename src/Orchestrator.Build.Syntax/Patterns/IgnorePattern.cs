namespace Orchestrator.Build.Syntax.Patterns;

/// <summary>One line of an ignore file.</summary>
/// <param name="Text">Cleaned, without <c>!</c>.</param>
/// <param name="IsException">Written with <c>!</c>: what it matches is taken in again.</param>
internal sealed record IgnorePattern(string Text, bool IsException, PathGlob Glob)
{
    /// <exception cref="FormatException">Docker's words.</exception>
    public static IgnorePattern Of(string pattern)
    {
        var isException = pattern.StartsWith('!');
        var path = isException ? pattern[1..].Trim() : pattern;
        if (path.Length == 0) throw new FormatException("illegal exclusion pattern: \"!\"");
        var text = GoPath.Clean(path);
        if (text.Length > 1) text = text.TrimStart('/');
        return new IgnorePattern(text, isException, PathGlob.ParseWithDoubleStars(text));
    }

    /// <summary>Whether the path or a folder it is in matches.</summary>
    public bool Matches(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
            if (slash > 0 && Glob.IsMatch(path[..slash])) return true;
        return Glob.IsMatch(path);
    }
}
