using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Swarm;

internal sealed class SwarmUpdate : Command
{
    private readonly SwarmSpecFlags _spec;
    private readonly BoolFlag _rotate;

    public SwarmUpdate()
    {
        _spec = new SwarmSpecFlags(Flags);
        _rotate = Flags.Bool("rotate-network-keys", null, "Change the keys of networks under IPsec now");
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        if (!_spec.AnySet && !_rotate)
            throw new CliException("nothing to update: give one or more options, see 'orch swarm update --help'");
        var swarm = session.Client.Get("/swarm", ApiJson.Wire.SwarmInspect);
        _spec.Apply(swarm.Spec);
        session.Client.Post(
            $"/swarm/update?version={swarm.Version.Index}{(_rotate ? "&rotateNetworkKeys=true" : "")}", swarm.Spec,
            ApiJson.Wire.SwarmSpec);
        session.Out.WriteLine("Swarm updated.");
        return 0;
    }
}
