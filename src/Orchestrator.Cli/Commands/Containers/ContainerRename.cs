using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerRename : Command
{
    public override string Usage => "CONTAINER NEW_NAME";

    public override Arity Arity => Arity.Exactly(2);

    public override int Run(Session session, List<string> args)
    {
        session.Client.Post($"/containers/{Escape(args[0])}/rename{new Query().Add("name", args[1])}");
        return 0;
    }
}
