using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Swarm;

internal sealed class SwarmLeave : Command
{
    private readonly BoolFlag _force;

    public SwarmLeave() => _force = Flags.Bool("force", 'f', "Leave although this is a manager, or the last one");

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        session.Client.Post($"/swarm/leave{new Query().Add("force", _force)}");
        session.Out.WriteLine("Node left the swarm.");
        return 0;
    }
}
