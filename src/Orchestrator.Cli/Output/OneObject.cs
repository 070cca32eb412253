using Orchestrator.Cli.Output.Templates;

namespace Orchestrator.Cli.Output;

/// <summary>What shows one object by a template: <c>info</c> and <c>version</c>.</summary>
internal static class OneObject
{
    /// <summary>Docker tells what is no template (exit code 64) from one that does not fit (1): of that, the output has
    /// what came before.</summary>
    /// <exception cref="TemplateException">It is no template.</exception>
    /// <exception cref="CliException">It does not fit the data.</exception>
    public static void Write(TextWriter writer, Template template, object? data)
    {
        try
        {
            writer.WriteLine(template.Render(data));
        }
        catch (TemplateException e)
        {
            writer.WriteLine(e.Rendered);
            throw new CliException(e.Text, e);
        }
    }
}
