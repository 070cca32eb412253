using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerPrune : Command
{
    private readonly BoolFlag _force;
    private readonly ListFlag _filter;

    public ContainerPrune()
    {
        _force = Flags.Bool("force", 'f', "Do not ask");
        _filter = Flags.List("filter", null, "Remove only what matches (e.g. \"until=24h\")", "filter");
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        if (!_force && !Confirm.Ask(session, "This removes all stopped containers.")) return 1;
        var report = session.Client.Post(
            $"/containers/prune{new Query().Add(FilterFlags.ToFilters(_filter))}", ApiJson.Wire.ContainersPruneReport);
        PruneText.Write(session.Out, "Deleted Containers:", report.ContainersDeleted, report.SpaceReclaimed);
        return 0;
    }
}
