namespace Orchestrator.Cli.Commands;

/// <summary>
/// A command's place in the catalog. It is made only when it is called, so that start-up stays short.
/// </summary>
/// <param name="Path">Its words: <c>service create</c>.</param>
/// <param name="Summary">One line for the list of commands.</param>
/// <param name="Aliases">Other words for it, old top-level verbs among them.</param>
internal sealed record CommandEntry(string Path, string Summary, Func<Command> Create, params string[] Aliases)
{
    /// <summary>Not for people to type: no list shows it.</summary>
    public bool IsHidden { get; init; }

    public bool Is(string path) => path == Path || Array.IndexOf(Aliases, path) >= 0;
}
