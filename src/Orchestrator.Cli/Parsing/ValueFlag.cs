namespace Orchestrator.Cli.Parsing;

/// <summary>A flag with one value; given twice, the last one counts.</summary>
internal sealed class ValueFlag<T>(
    string name, char? shorthand, string typeName, string help, T value, Func<string, T> parse, string defaultText = "")
    : Flag(name, shorthand, typeName, help)
{
    public T Value { get; private set; } = value;

    public override string DefaultText => defaultText;

    protected override void Accept(string text) => Value = parse(text);
}
