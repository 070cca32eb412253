using System.Text.Json;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Output.Templates;

namespace Orchestrator.Cli.Commands;

/// <summary>Prints objects as the daemon gave them: a JSON list, or a template for each.</summary>
internal static class InspectRunner
{
    /// <summary>Shows what was found even when some of it was not.</summary>
    public static int Run(Session session, List<string> names, string format, Func<string, JsonDocument> get)
    {
        var found = new List<JsonElement>();
        var errors = new List<string>();
        foreach (var name in names)
        {
            try
            {
                found.Add(get(name).RootElement);
            }
            catch (Exception e) when (e is DaemonException or CliException { InnerException: null })
            {
                errors.Add(e.Message);
            }
        }
        Write(session.Out, found, format);
        session.Out.Flush();
        foreach (var error in errors) session.Error.WriteLine(error);
        return errors.Count == 0 ? 0 : 1;
    }

    /// <summary>As <see cref="Run"/>, but each object is printed by the caller.</summary>
    public static int Pretty(Session session, List<string> names, Action<string> print)
    {
        var errors = new List<string>();
        foreach (var name in names)
        {
            try
            {
                print(name);
            }
            catch (DaemonException e)
            {
                errors.Add(e.Message);
            }
        }
        session.Out.Flush();
        foreach (var error in errors) session.Error.WriteLine(error);
        return errors.Count == 0 ? 0 : 1;
    }

    public static void Write(TextWriter writer, List<JsonElement> elements, string format)
    {
        if (format.Length == 0)
        {
            writer.WriteLine(JsonText.IndentedList(elements));
            return;
        }
        var template = format == "json" ? null : Template.Parse(format);
        foreach (var element in elements)
            writer.WriteLine(template is null ? JsonText.Line(element) : template.Render(element));
    }
}
