using Orchestrator.Build.Syntax.Patterns;

namespace Orchestrator.Build.Copying;

/// <summary>One step of a COPY source that may be a pattern.</summary>
internal static class Wildcard
{
    public static bool Is(string pattern) => pattern.AsSpan().IndexOfAny("*?[\\") >= 0;

    /// <exception cref="BuildException">It is no pattern.</exception>
    public static Func<string, bool> Parse(string pattern)
    {
        try
        {
            return PathGlob.Parse(pattern).IsMatch;
        }
        catch (FormatException e)
        {
            throw new BuildException($"{pattern}: {e.Message}", inner: e);
        }
    }
}
