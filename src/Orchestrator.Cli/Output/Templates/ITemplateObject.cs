namespace Orchestrator.Cli.Output.Templates;

/// <summary>An object that a template can take fields of.</summary>
internal interface ITemplateObject
{
    /// <summary>The field's value; arguments are those written behind it.</summary>
    /// <exception cref="TemplateFault">There is no such field, or it takes other arguments.</exception>
    object? Get(string name, List<object?> arguments);

    /// <summary>All fields, in the order of <c>{{json .}}</c>.</summary>
    IEnumerable<KeyValuePair<string, object?>> Fields { get; }
}
