namespace Orchestrator.Cli.Commands.Containers;

/// <summary>A verb that takes containers and nothing else: pause and unpause.</summary>
internal sealed class ContainerVerb(string verb) : Command
{
    public override string Usage => "CONTAINER [CONTAINER...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override int Run(Session session, List<string> args) => ForEach(session, args, name =>
    {
        session.Client.Post($"/containers/{Escape(name)}/{verb}");
        return name;
    });
}
