using System.Collections.Immutable;
using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Planning;

/// <summary>What words of an instruction expand to, as one moment of a stage has it.</summary>
/// <param name="look">A variable's value; null: it is unset.</param>
public sealed class Variables(Func<string, string?> look, char escape)
{
    /// <summary>One word as one value.</summary>
    /// <exception cref="DockerfileException">It cannot be expanded; said at <paramref name="position"/>.</exception>
    public string Expand(string word, Position position) => At(position, () => Words.Expand(word, look, escape));

    /// <summary>A word that may become several.</summary>
    public ImmutableArray<string> ExpandAll(string word, Position position) =>
        At(position, () => Words.ExpandList(word, look, escape));

    /// <summary>The text of a heredoc.</summary>
    public string ExpandText(string text, Position position) => At(position, () => Words.ExpandText(text, look));

    private static T At<T>(Position position, Func<T> expand)
    {
        try
        {
            return expand();
        }
        catch (FormatException e)
        {
            throw new DockerfileException(e.Message, position);
        }
    }
}
