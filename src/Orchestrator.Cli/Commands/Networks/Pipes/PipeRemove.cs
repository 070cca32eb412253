using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Networks.Pipes;

internal sealed class PipeRemove : Command
{
    private readonly ValueFlag<string> _interface;

    public PipeRemove() => _interface = Flags.String("interface", 'i', "Name inside the container", "eth1");

    public override string Usage => "[OPTIONS] CONTAINER [CONTAINER...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override string[] Examples => ["orch network pipe rm -i eth2 web"];

    public override int Run(Session session, List<string> args) => ForEach(session, args, name =>
    {
        session.Client.Delete($"/containers/{Escape(name)}/pipes/{Escape(_interface.Value)}");
        return name;
    });
}
