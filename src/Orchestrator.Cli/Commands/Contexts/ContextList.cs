using Orchestrator.Cli.Contexts;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Contexts;

internal sealed class ContextList : Command
{
    private const int DescriptionLength = 60;

    private readonly ValueFlag<string> _format;
    private readonly BoolFlag _quiet;

    public ContextList()
    {
        _format = Flags.Format();
        _quiet = Flags.Quiet("Print names only");
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        var current = Endpoint.NameOf(session.Choice, session.Environment, session.Folder);
        var store = new ContextStore(session.Folder);
        var rows = store.All().Append(Default(session)).Select(c => new Row(c, c.Name == current, ""));
        if (current != ContextEntry.DefaultName && !store.Has(current))
            rows = rows.Append(new Row(new ContextEntry(current), true, $"context \"{current}\" does not exist"));
        var isTable = _format.Value.Length == 0 || _format.Value.StartsWith("table", StringComparison.Ordinal);
        new Listing<Row>(
            ["{{.Name}}{{if .Current}} *{{end}}", "Description", "DockerEndpoint", "Error"],
            new("Current", "", static r => r.IsCurrent ? "true" : "false") { IsTruth = true },
            new("Name", "NAME", static r => r.Context.Name),
            new("Description", "DESCRIPTION", r => isTable
                ? Text.Ellipsis(r.Context.Description, DescriptionLength) : r.Context.Description),
            new("DockerEndpoint", "DOCKER ENDPOINT", static r => r.Context.Host),
            new("Error", "ERROR", static r => r.Error))
        {
            QuietField = "Name",
        }.Write(session.Out, rows.OrderBy(static r => r.Context.Name, Services.NaturalOrder.Instance),
            _format.Value, _quiet);
        session.Out.Flush();
        WarnOfHost(session);
        return 0;
    }

    private static ContextEntry Default(Session session) =>
        Endpoint.Default(session.Choice, session.Environment, session.Folder).Context
            with { Description = Endpoint.DefaultDescription };

    private static void WarnOfHost(Session session)
    {
        var name = Array.Find(["ORCH_HOST", "DOCKER_HOST"], v => !string.IsNullOrEmpty(session.Environment(v)));
        if (name is null || session.Choice.Context.Length > 0) return;
        session.Error.WriteLine(
            $"Warning: {name} environment variable overrides the active context. To use a context, either set the "
            + $"global --context flag, or unset {name} environment variable.");
    }

    private sealed record Row(ContextEntry Context, bool IsCurrent, string Error);
}
