using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Swarm;

internal sealed class SwarmJoinToken : Command
{
    private readonly BoolFlag _quiet;
    private readonly BoolFlag _rotate;

    public SwarmJoinToken()
    {
        _quiet = Flags.Quiet("Print the token only");
        _rotate = Flags.Bool("rotate", null, "Make the token void and print a new one");
    }

    public override string Usage => "[OPTIONS] (worker|manager)";

    public override Arity Arity => Arity.Exactly(1);

    public override int Run(Session session, List<string> args)
    {
        var worker = args[0] == "worker";
        if (!worker && args[0] != "manager") throw new CliException($"unknown role {args[0]}: use worker or manager");
        if (_rotate)
        {
            var swarm = session.Client.Get("/swarm", ApiJson.Wire.SwarmInspect);
            var query = new Query().Add("version", swarm.Version.Index.ToString(null, null))
                .Add(worker ? "rotateWorkerToken" : "rotateManagerToken", "true");
            session.Client.Post($"/swarm/update{query}", swarm.Spec, ApiJson.Wire.SwarmSpec);
            if (!_quiet) session.Out.WriteLine($"Successfully rotated {args[0]} join token.\n");
        }
        if (_quiet)
        {
            var tokens = session.Client.Get("/swarm", ApiJson.Wire.SwarmInspect).JoinTokens;
            session.Out.WriteLine(worker ? tokens.Worker : tokens.Manager);
            return 0;
        }
        JoinCommand.Print(session, Nodes.NodeReference.Resolve(session, "self"), manager: !worker, worker);
        return 0;
    }
}
