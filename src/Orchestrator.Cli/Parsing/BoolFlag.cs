namespace Orchestrator.Cli.Parsing;

/// <summary>A switch: bare it is true; <c>--name=false</c> turns it off.</summary>
internal sealed class BoolFlag(string name, char? shorthand, string help, bool value = false)
    : Flag(name, shorthand, "", help)
{
    private readonly bool _default = value;

    public bool Value { get; private set; } = value;

    public override string? ValueIfBare => "true";

    public override string DefaultText => _default ? "true" : "";

    public static implicit operator bool(BoolFlag flag) => flag.Value;

    protected override void Accept(string text) => Value = text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw new FormatException($"strconv.ParseBool: parsing \"{text}\": invalid syntax"),
    };
}
