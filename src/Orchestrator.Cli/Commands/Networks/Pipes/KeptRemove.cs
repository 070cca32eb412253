namespace Orchestrator.Cli.Commands.Networks.Pipes;

internal sealed class KeptRemove : Command
{
    public override string Usage => "CONTAINER NUMBER [NUMBER...]";

    public override Arity Arity => Arity.AtLeast(2);

    public override string[] Examples => ["orch network kept rm web 2"];

    public override int Run(Session session, List<string> args) => ForEach(session, args[1..], number =>
    {
        session.Client.Delete($"/containers/{Escape(args[0])}/network/commands/{Escape(number)}");
        return number;
    });
}
