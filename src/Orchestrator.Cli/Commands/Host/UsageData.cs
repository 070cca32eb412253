using Orchestrator.Api;
using Orchestrator.Cli.Commands.Containers;
using Orchestrator.Cli.Commands.Images;
using Orchestrator.Cli.Commands.Volumes;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Output.Templates;

namespace Orchestrator.Cli.Commands.Host;

/// <summary>All that <c>system df -v</c> shows, for templates.</summary>
internal sealed class UsageData(IEnumerable<KeyValuePair<string, object?>> fields) : ITemplateObject
{
    public IEnumerable<KeyValuePair<string, object?>> Fields { get; } = [.. fields];

    /// <param name="format"><c>json</c>, or a template.</param>
    /// <exception cref="CliException">The template does not fit.</exception>
    public static void Write(Session session, DiskUsage usage, string format)
    {
        var data = new UsageData(
        [
            new("Images", ImageList.UsageData(session, usage.Images)),
            new("Containers", ContainerList.UsageData(session, usage.Containers)),
            new("Volumes", VolumeList.UsageData(usage.Volumes)),
            new("BuildCache", BuildCacheList.Of(session.Time.GetUtcNow()).Data(usage.BuildCache)),
        ]);
        try
        {
            session.Out.Write(format == "json" ? JsonText.EscapeHtml(TemplateJson.Write(data))
                : Template.Parse(format).Render(data));
        }
        catch (TemplateException e)
        {
            throw new CliException(e.Message, e);
        }
    }

    public object? Get(string name, List<object?> arguments)
    {
        foreach (var (key, value) in Fields)
            if (key == name) return value;
        throw new TemplateFault($"can't evaluate field {name}: there are {string.Join(", ", Fields.Select(static f => f.Key))}");
    }
}
