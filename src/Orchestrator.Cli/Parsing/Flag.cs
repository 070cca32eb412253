namespace Orchestrator.Cli.Parsing;

/// <summary>One flag of a command: how it is spelled, what its help says, and what was given for it.</summary>
internal abstract class Flag(string name, char? shorthand, string typeName, string help)
{
    public string Name { get; } = name;

    public char? Shorthand { get; } = shorthand;

    /// <summary>The kind of value as help shows it; empty for a switch.</summary>
    public string TypeName { get; } = typeName;

    public string Help { get; } = help;

    /// <summary>What the flag means when written without a value; null: a value must follow.</summary>
    public virtual string? ValueIfBare => null;

    /// <summary>Its default as help shows it; empty when there is nothing to say.</summary>
    public virtual string DefaultText => "";

    public bool IsSet { get; private set; }

    /// <summary>Kept for scripts; not shown in help.</summary>
    public bool Hidden { get; init; }

    /// <exception cref="FormatException">The text is not a value of this flag; the message says why.</exception>
    public void Set(string text)
    {
        Accept(text);
        IsSet = true;
    }

    protected abstract void Accept(string text);

    /// <summary>As errors name it: <c>-m, --memory</c>.</summary>
    public override string ToString() => Shorthand is { } c ? $"-{c}, --{Name}" : $"--{Name}";
}
