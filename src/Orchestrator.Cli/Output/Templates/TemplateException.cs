namespace Orchestrator.Cli.Output.Templates;

/// <summary>A <c>--format</c> that cannot be parsed or carried out.</summary>
/// <param name="text">In Go's words.</param>
/// <param name="rendered">Until then; null: it is no template.</param>
internal sealed class TemplateException(string text, string? rendered = null, TemplateFault? fault = null)
    : Exception($"template parsing error: {text}", fault)
{
    /// <summary>The message without the words that most commands put before it.</summary>
    public string Text => text;

    public string? Rendered => rendered;

    /// <summary>With other data it might fit.</summary>
    public bool IsOfTheData => fault is not (null or FieldFault);
}

/// <summary>What is wrong with a value; the place is not known yet.</summary>
internal class TemplateFault(string message) : Exception(message);

/// <summary>There is no such field, whatever the data are.</summary>
internal sealed class FieldFault(string message) : TemplateFault(message);
