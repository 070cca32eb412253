namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>The flags of one instruction, checked against those it knows.</summary>
internal sealed class InstructionFlags
{
    private readonly Dictionary<string, List<string>> values = [];

    /// <param name="known">Names; one that ends in <c>?</c> is a switch, in <c>*</c> may repeat.</param>
    /// <exception cref="DockerfileException">A flag that is unknown, given twice or without its value.</exception>
    public InstructionFlags(InstructionText source, params string[] known)
    {
        foreach (var flag in source.Flags) Take(source, flag, known);
    }

    public string? Text(string name) => values.TryGetValue(name, out var given) ? given[0] : null;

    public List<string> All(string name) => values.GetValueOrDefault(name, []);

    public bool? Switch(string name) => Text(name) is { } value ? value == "true" : null;

    private void Take(InstructionText source, Token flag, string[] known)
    {
        var equals = flag.Text.IndexOf('=', StringComparison.Ordinal);
        var shown = equals < 0 ? flag.Text : flag.Text[..equals];
        var value = equals < 0 ? null : flag.Text[(equals + 1)..];
        var name = shown[2..];

        var kind = known.FirstOrDefault(candidate => candidate.TrimEnd('?', '*') == name)
            ?? throw source.Fault(flag, $"unknown flag: {shown}"
                + Suggestion.For(name, known.Select(candidate => candidate.TrimEnd('?', '*'))));
        if (values.ContainsKey(name) && !kind.EndsWith('*'))
            throw source.Fault(flag, $"duplicate flag specified: {shown}");
        if (kind.EndsWith('?')) value = SwitchOf(source, flag, shown, value);
        else if (value is null) throw source.Fault(flag, $"missing a value on flag: {shown}");
        if (values.TryGetValue(name, out var earlier)) earlier.Add(value);
        else values.Add(name, [value]);
    }

    private static string SwitchOf(InstructionText source, Token flag, string shown, string? value) =>
        value?.ToLowerInvariant() switch
        {
            null or "true" => "true",
            "false" => "false",
            "" => throw source.Fault(flag, $"missing a value on flag: {shown}"),
            _ => throw source.Fault(flag, $"expecting boolean value for flag {shown}, not: {value}"),
        };
}
