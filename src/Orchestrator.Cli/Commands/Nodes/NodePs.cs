using Orchestrator.Cli.Commands.Services;

namespace Orchestrator.Cli.Commands.Nodes;

internal sealed class NodePs : Command
{
    private readonly TaskListing _listing;

    public NodePs() => _listing = new TaskListing(Flags);

    public override string Usage => "[OPTIONS] [NODE...]";

    public override Arity Arity => Arity.Any;

    public override int Run(Session session, List<string> args)
    {
        var filters = _listing.Filters;
        foreach (var name in args.Count > 0 ? args : ["self"]) filters.Add("node", NodeReference.Get(session, name).ID);
        _listing.Write(session, filters);
        return 0;
    }
}
