namespace Orchestrator.Cli.Output.Templates;

/// <summary>A <c>--format</c> that cannot be parsed or carried out.</summary>
internal sealed class TemplateException(string message) : Exception($"template parsing error: {message}");

/// <summary>What is wrong with a value; the place is not known yet.</summary>
internal sealed class TemplateFault(string message) : Exception(message);
