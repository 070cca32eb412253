using Orchestrator.Api;
using Orchestrator.Cli.Commands.Containers;
using Orchestrator.Cli.Commands.Images;
using Orchestrator.Cli.Commands.Volumes;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Output.Templates;

namespace Orchestrator.Cli.Commands.Host;

/// <summary>All that <c>system df -v</c> shows, for templates.</summary>
internal static class UsageData
{
    private const string Table = "table ";

    /// <param name="format"><c>json</c>, or a template: of one object, so that "table" before it says nothing.</param>
    /// <exception cref="CliException">The template does not fit.</exception>
    public static void Write(Session session, DiskUsage usage, string format)
    {
        var data = new TemplateFields(
            ("Images", ImageList.UsageData(session, usage.Images)),
            ("Containers", ContainerList.UsageData(session, usage.Containers)),
            ("Volumes", VolumeList.UsageData(usage.Volumes)),
            ("BuildCache", BuildCacheList.Of(session.Time.GetUtcNow()).Data(usage.BuildCache)));
        try
        {
            if (format.StartsWith(Table, StringComparison.Ordinal)) format = format[Table.Length..];
            session.Out.Write(format == "json" ? JsonText.EscapeHtml(TemplateJson.Write(data))
                : Template.Parse(format).Render(data));
        }
        catch (TemplateException e)
        {
            throw new CliException(e.Rendered is null ? e.Message : e.Text, e);
        }
    }
}
