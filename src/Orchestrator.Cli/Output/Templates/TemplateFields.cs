namespace Orchestrator.Cli.Output.Templates;

/// <summary>An object of fields that are known already.</summary>
internal sealed class TemplateFields(params (string Name, object? Value)[] fields) : ITemplateObject
{
    public IEnumerable<KeyValuePair<string, object?>> Fields =>
        fields.Select(static f => new KeyValuePair<string, object?>(f.Name, f.Value));

    public object? Get(string name, List<object?> arguments)
    {
        foreach (var field in fields) // Go's names of fields and JSON's, which these are, differ in case at times.
            if (string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase)) return field.Value;
        throw new FieldFault($"can't evaluate field {name}: there are {string.Join(", ", fields.Select(static f => f.Name))}");
    }
}
