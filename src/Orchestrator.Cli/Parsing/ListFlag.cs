namespace Orchestrator.Cli.Parsing;

/// <summary>A flag that may be repeated; each value is kept as written, commas included.</summary>
internal sealed class ListFlag(string name, char? shorthand, string help, string typeName = "list")
    : Flag(name, shorthand, typeName, help)
{
    private readonly List<string> _values = [];

    /// <summary>Checks, and may rewrite, each value as it is read.</summary>
    public Func<string, string>? Check { get; init; }

    public IReadOnlyList<string> Values => _values;

    /// <summary>The values, or null when there are none: the shape of an omitted JSON list.</summary>
    public string[]? OrNull => _values.Count == 0 ? null : [.. _values];

    protected override void Accept(string text) => _values.Add(Check is null ? text : Check(text));
}
