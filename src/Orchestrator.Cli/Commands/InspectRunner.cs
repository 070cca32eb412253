using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Output.Templates;

namespace Orchestrator.Cli.Commands;

/// <summary>Prints objects as the daemon gave them: a JSON list, or a template for each.</summary>
internal static class InspectRunner
{
    /// <summary>Shows what was found even when some of it was not.</summary>
    public static int Run(
        Session session, List<string> names, string format, Func<string, JsonDocument> get, JsonTypeInfo? type = null) =>
        Run(session, names, format, name => (get(name), type));

    /// <param name="get">An object, and its shape where that is known.</param>
    public static int Run(
        Session session, List<string> names, string format, Func<string, (JsonDocument Object, JsonTypeInfo? Type)> get)
    {
        var found = new List<(JsonElement Object, JsonTypeInfo? Type)>();
        var errors = new List<string>();
        foreach (var name in names)
        {
            try
            {
                var (document, type) = get(name);
                found.Add((document.RootElement, type));
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

    private static void Write(
        TextWriter writer, List<(JsonElement Object, JsonTypeInfo? Type)> found, string format)
    {
        if (format is "" or "json")
            writer.WriteLine(JsonText.List(found.Select(static f => f.Object), indented: format.Length == 0));
        else
        {
            var template = Template.Parse(format);
            try
            {
                foreach (var (value, type) in found) writer.WriteLine(Render(template, value, type));
            }
            catch (TemplateException e)
            {
                writer.WriteLine(); // Docker's too: nothing is a line of its own.
                throw new CliException(e.Message, e); // It was a template; this is what docker tells apart by its exit code.
            }
        }
    }

    /// <summary>By the shape where it is known; where that fails, by what the daemon wrote, which may be newer.</summary>
    private static string Render(Template template, JsonElement value, JsonTypeInfo? type)
    {
        if (type is null) return template.Render(value);
        try
        {
            return template.Render(TypedJson.Of(value, type));
        }
        catch (TemplateException)
        {
            return template.Render(value);
        }
    }
}
