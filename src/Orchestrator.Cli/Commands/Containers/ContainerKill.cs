using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerKill : Command
{
    private readonly ValueFlag<string> _signal;

    public ContainerKill() => _signal = Flags.String("signal", 's', "Signal to send (default \"KILL\")");

    public override string Usage => "[OPTIONS] CONTAINER [CONTAINER...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override int Run(Session session, List<string> args) => ForEach(session, args, name =>
    {
        session.Client.Post($"/containers/{Escape(name)}/kill{new Query().Add("signal", _signal.Value)}");
        return name;
    });
}
