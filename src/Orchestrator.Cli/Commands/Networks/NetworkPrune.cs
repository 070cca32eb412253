using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Networks;

internal sealed class NetworkPrune : Command
{
    private readonly BoolFlag _force;
    private readonly ListFlag _filter;

    public NetworkPrune()
    {
        _force = Flags.Bool("force", 'f', "Do not ask");
        _filter = Flags.List("filter", null, "Remove only what matches (e.g. \"until=24h\")", "filter");
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        if (!_force && !Confirm.Ask(session, "This removes all custom networks that no container uses.")) return 1;
        var report = session.Client.Post(
            $"/networks/prune{new Query().Add(FilterFlags.ToFilters(_filter))}", ApiJson.Wire.NetworksPruneReport);
        PruneText.Write(session.Out, "Deleted Networks:", report.NetworksDeleted, null);
        return 0;
    }
}
