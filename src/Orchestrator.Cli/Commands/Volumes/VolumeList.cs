using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Volumes;

internal sealed class VolumeList() : ListCommand("Print names only")
{
    public override int Run(Session session, List<string> args)
    {
        var response = session.Client.Get(
            $"/volumes{new Query().Add(FilterFlags.ToFilters(Filter))}", ApiJson.Wire.VolumeListResponse);
        foreach (var warning in response.Warnings ?? []) session.Error.WriteLine($"WARNING: {warning}");
        Listing("Driver", "Name").Write(
            session.Out, (response.Volumes ?? []).OrderBy(static v => v.Name, StringComparer.Ordinal), DefaultFormat.Of(session, Format, "volumesFormat", Quiet),
            Quiet);
        return 0;
    }

    /// <summary>The volumes of <c>system df -v</c>.</summary>
    public static void WriteUsage(Session session, IEnumerable<Volume> volumes) =>
        Listing("Name", "Links", "Size").Write(session.Out, volumes);

    /// <summary>As templates see them.</summary>
    public static List<object?> UsageData(IEnumerable<Volume> volumes) => Listing().Data(volumes);

    private static Listing<Volume> Listing(params string[] table) => new(
        table,
        new("Driver", "DRIVER", static v => v.Driver),
        new("Name", "VOLUME NAME", static v => v.Name),
        new("Scope", "SCOPE", static v => v.Scope),
        new("Mountpoint", "MOUNTPOINT", static v => v.Mountpoint),
        new("Labels", "LABELS", static v => Text.Join(v.Labels)),
        new("Links", "LINKS", static v => v.UsageData is { } usage ? $"{usage.RefCount}" : "N/A"),
        new("Size", "SIZE", static v => v.UsageData is { Size: >= 0 } usage ? Units.Size(usage.Size) : "N/A"),
        // Of volumes that a cluster has: none of these is one.
        new("Group", "GROUP", static _ => "N/A"),
        new("Availability", "AVAILABILITY", static _ => "N/A"),
        new("Status", "STATUS", static _ => "N/A"))
    {
        Raw = "name: {{.Name}}\ndriver: {{.Driver}}\n",
        RawQuiet = "name: {{.Name}}",
        QuietField = "Name",
        Lookup = static (v, name, key) => name == "Label" ? v.Labels?.GetValueOrDefault(key, "") ?? "" : null,
    };
}
