namespace Orchestrator.Cli.Completion;

/// <summary>What may stand at the cursor.</summary>
internal sealed class Candidates
{
    private readonly List<(string Text, string Help)> _items = [];

    /// <summary>Names of files may stand there, too.</summary>
    public bool Files { get; set; }

    /// <summary>The word goes on behind what is chosen.</summary>
    public bool NoSpace { get; set; }

    public void Add(string text, string help = "") => _items.Add((text, help));

    public void AddRange(IEnumerable<string> texts) => _items.AddRange(texts.Select(static t => (t, "")));

    /// <summary>A line each, then what the shell is to do besides.</summary>
    /// <param name="prefix">What of the word is there already.</param>
    public void Write(TextWriter writer, string prefix)
    {
        foreach (var (text, help) in _items.Where(i => i.Text.StartsWith(prefix, StringComparison.Ordinal))
            .DistinctBy(static i => i.Text).OrderBy(static i => i.Text, StringComparer.Ordinal))
            writer.Write(help.Length > 0 ? $"{text}\t{help}\n" : $"{text}\n");
        if (NoSpace) writer.Write(":nospace\n");
        if (Files) writer.Write(":files\n");
    }
}
