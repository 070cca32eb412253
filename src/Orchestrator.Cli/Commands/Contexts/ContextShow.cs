using Orchestrator.Cli.Contexts;

namespace Orchestrator.Cli.Commands.Contexts;

internal sealed class ContextShow : Command
{
    public override string Usage => "";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        session.Out.WriteLine(Endpoint.NameOf(session.Choice, session.Environment, session.Folder));
        return 0;
    }
}
