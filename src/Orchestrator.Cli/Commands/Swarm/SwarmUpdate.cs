using Orchestrator.Api;

namespace Orchestrator.Cli.Commands.Swarm;

internal sealed class SwarmUpdate : Command
{
    private readonly SwarmSpecFlags _spec;

    public SwarmUpdate() => _spec = new SwarmSpecFlags(Flags);

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        if (!_spec.AnySet)
            throw new CliException("nothing to update: give one or more options, see 'orch swarm update --help'");
        var swarm = session.Client.Get("/swarm", ApiJson.Wire.SwarmInspect);
        _spec.Apply(swarm.Spec);
        session.Client.Post($"/swarm/update?version={swarm.Version.Index}", swarm.Spec, ApiJson.Wire.SwarmSpec);
        session.Out.WriteLine("Swarm updated.");
        return 0;
    }
}
