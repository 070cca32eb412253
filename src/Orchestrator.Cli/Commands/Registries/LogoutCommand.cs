using Orchestrator.Cli.Config;

namespace Orchestrator.Cli.Commands.Registries;

internal sealed class LogoutCommand : Command
{
    public override string Usage => "[SERVER]";

    public override Arity Arity => Arity.AtMost(1);

    public override string[] Examples => ["orch logout registry.example.com"];

    public override int Run(Session session, List<string> args)
    {
        var server = args.Count > 0 ? Logins.Host(args[0]) : Logins.DockerHub;
        session.Out.WriteLine($"Removing login credentials for {server}");
        session.Out.Flush();
        var logins = new Logins(session.Folder);
        logins.Erase(server);
        if (logins.IsKnownToDocker(server))
            session.Error.WriteLine(
                $"docker's own login for {server} still counts: forget it with 'docker logout', or set ORCH_CONFIG");
        return 0;
    }
}
