namespace Orchestrator.Cli.Commands.Host;

/// <summary><c>orch --version</c>: one line, no daemon asked.</summary>
internal sealed class VersionLine : Command
{
    public override string Usage => "";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        session.Out.WriteLine($"orch version {BuildInfo.Version}");
        return 0;
    }
}
