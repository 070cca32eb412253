namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerCreate : Command
{
    private readonly ContainerFlags _flags;

    public ContainerCreate() => _flags = new ContainerFlags(Flags);

    public override string Usage => "[OPTIONS] IMAGE [COMMAND] [ARG...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override bool Interspersed => false;

    public override string[] Examples => ["orch create --name web -p 8080:80 web && orch start web"];

    public override int Run(Session session, List<string> args)
    {
        var request = ContainerRequests.Build(session, _flags, args, detach: false);
        session.Out.WriteLine(ContainerCreation.Create(session, _flags, request));
        return 0;
    }
}
