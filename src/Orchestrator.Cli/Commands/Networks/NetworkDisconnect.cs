using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Networks;

internal sealed class NetworkDisconnect : Command
{
    private readonly BoolFlag _force;

    public NetworkDisconnect() => _force = Flags.Bool("force", 'f', "Even if the container does not run");

    public override string Usage => "[OPTIONS] NETWORK CONTAINER";

    public override Arity Arity => Arity.Exactly(2);

    public override int Run(Session session, List<string> args)
    {
        session.Client.Post($"/networks/{Escape(args[0])}/disconnect",
            new NetworkDisconnectRequest { Container = args[1], Force = _force },
            ApiJson.Wire.NetworkDisconnectRequest);
        return 0;
    }
}
