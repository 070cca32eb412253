using System.Collections.Immutable;
using Orchestrator.Build.Syntax.Patterns;

namespace Orchestrator.Build.Copying;

/// <summary>What <c>--exclude</c> leaves out.</summary>
internal static class ExcludePatterns
{
    /// <returns>Told by a path of the tree, without a leading slash.</returns>
    /// <exception cref="BuildException">One is no pattern.</exception>
    public static Func<string, bool> Of(ImmutableArray<string> patterns)
    {
        if (patterns.IsEmpty)
            return _ => false;
        try
        {
            return IgnoreFile.Of(patterns).Excludes;
        }
        catch (FormatException e)
        {
            throw new BuildException($"--exclude: {e.Message}", inner: e);
        }
    }
}
