using System.Text;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>What people write behind <c>--format</c>: Go's templates, with docker's functions.</summary>
/// <remarks>
/// Source: pkg.go.dev/text/template. Errors are in Go's words and places; types are named as they are here where Go's
/// are docker's own. Not there: complex numbers, and functions as data, which docker has none of.
/// </remarks>
internal sealed class Template
{
    private readonly string _text;
    private readonly string _name;
    private readonly Dictionary<string, List<TemplateNode>> _templates;

    private Template(string text, string name) =>
        (_text, _name, _templates) = (text, name, TemplateParser.Parse(text, name));

    /// <param name="name">For errors; most have none.</param>
    /// <exception cref="TemplateException">It is no template.</exception>
    public static Template Parse(string text, string name = "") => new(text, name);

    /// <summary>The text for one piece of data: a string, a number, a JsonElement, an ITemplateObject.</summary>
    /// <param name="isHeader">The data are headers of a table, which functions leave as they are.</param>
    /// <exception cref="TemplateException">The data have no such field, or a function cannot take them.</exception>
    public string Render(object? data, bool isHeader = false)
    {
        var run = new TemplateRun(_templates, isHeader ? TemplateFunctions.OfHeaders : TemplateFunctions.OfData);
        try
        {
            return run.Render(data);
        }
        catch (TemplateFault fault)
        {
            var (line, column) = Place(run.At.Position);
            throw new TemplateException(
                $"template: {_name}:{line}:{column}: executing {Output.Text.Quote(run.Name is "" ? _name : run.Name)} "
                + $"at <{run.At}>: {fault.Message}", run.Rendered, fault);
        }
    }

    /// <summary>The line, from 1, and the bytes of it that stand before.</summary>
    private (int Line, int Column) Place(int position)
    {
        var before = _text.AsSpan(0, position);
        return (before.Count('\n') + 1, Encoding.UTF8.GetByteCount(before[(before.LastIndexOf('\n') + 1)..]));
    }
}
