using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>
/// The list of tasks that service ps and node ps print: newest of each slot first, its past below it.
/// </summary>
internal sealed class TaskListing(FlagSet f)
{
    private const int ErrorLength = 30;
    private const string PastPrefix = " \\_ ";

    private readonly ListFlag _filter = f.Filter();
    private readonly ValueFlag<string> _format = f.Format();
    private readonly BoolFlag _noResolve = f.Bool("no-resolve", null, "Print IDs in place of names");
    private readonly BoolFlag _noTrunc = f.NoTrunc();
    private readonly BoolFlag _quiet = f.Quiet();

    public Filters Filters => FilterFlags.ToFilters(_filter);

    public void Write(Session session, Filters filters)
    {
        var tasks = session.Client.Get($"/tasks{new Query().Add(filters)}", ApiJson.Wire.SwarmTaskArray);
        var names = new ClusterNames(session.Client, !_noResolve);
        var rows = tasks.Select(task => (Name: names.Task(task), Task: task))
            .OrderBy(static r => r.Name, NaturalOrder.Instance).ThenByDescending(static r => r.Task.CreatedAt).ToList();
        var shown = new List<Row>();
        for (var i = 0; i < rows.Count; i++)
        {
            var past = i > 0 && rows[i].Name == rows[i - 1].Name;
            shown.Add(
                new Row(
                past && !_quiet ? PastPrefix + rows[i].Name : rows[i].Name, names.Node(rows[i].Task.NodeID),
                rows[i].Task));
        }
        Listing(session.Time.GetUtcNow()).Write(session.Out, shown, DefaultFormat.Of(session, _format, "tasksFormat", _quiet), _quiet);
    }

    private Listing<Row> Listing(DateTimeOffset now) => new(
        ["ID", "Name", "Image", "Node", "DesiredState", "CurrentState", "Error", "Ports"],
        new("ID", "ID", r => Text.Id(r.Task.ID, _noTrunc)),
        new("Name", "NAME", static r => r.Name),
        new("Image", "IMAGE", r => _noTrunc ? r.Task.Spec.ContainerSpec?.Image ?? "" : ServiceText.Image(
            r.Task.Spec.ContainerSpec?.Image)),
        new("Node", "NODE", static r => r.Node),
        new("DesiredState", "DESIRED STATE", static r => Text.Capitalize(r.Task.DesiredState)),
        new("CurrentState", "CURRENT STATE",
            r => $"{Text.Capitalize(r.Task.Status.State)} {Lower(HumanDuration.Of(now - r.Task.Status.Timestamp))} ago"),
        new("Error", "ERROR", r => Error(r.Task.Status.Err)),
        new("Ports", "PORTS", static r => string.Join(',', (r.Task.Status.PortStatus?.Ports ?? [])
            .Where(static p => p.PublishedPort > 0)
            .Select(static p =>
                string.Create(CultureInfo.InvariantCulture, $"*:{p.PublishedPort}->{p.TargetPort}/{p.Protocol}")))));

    private static string Lower(string text) => char.ToLowerInvariant(text[0]) + text[1..];

    private string Error(string? error)
    {
        if (string.IsNullOrEmpty(error)) return "";
        return $"\"{(_noTrunc ? error : Text.Ellipsis(error, ErrorLength))}\"";
    }

    private sealed record Row(string Name, string Node, SwarmTask Task);
}
