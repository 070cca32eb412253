using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Commands.Services;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Swarm;

internal sealed class SwarmJoin : Command
{
    private readonly ValueFlag<string> _advertise;
    private readonly ValueFlag<string> _listen;
    private readonly ValueFlag<string> _dataPath;
    private readonly ValueFlag<string> _token;
    private readonly ValueFlag<string> _availability;

    public SwarmJoin()
    {
        _advertise = Flags.String(
            "advertise-addr", null, "Address that the other nodes reach this one by: ip|interface[:port]");
        _availability = Flags.String("availability", null, "active, pause or drain", "active");
        _dataPath = Flags.String("data-path-addr", null, "Address or interface for the containers' traffic");
        _listen = Flags.String(
            "listen-addr", null, "Address to listen on: ip|interface[:port]", SwarmInit.DefaultListen);
        _token = Flags.String("token", null, "Token that admits this node and gives it its role");
    }

    public override string Usage => "[OPTIONS] HOST:PORT";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples => ["orch swarm join --token SWMTKN-1-… 10.0.0.1:2377"];

    public override int Run(Session session, List<string> args)
    {
        session.Client.Post("/swarm/join", new SwarmJoinRequest
        {
            ListenAddr = _listen.Value,
            AdvertiseAddr = _advertise.Value,
            DataPathAddr = _dataPath.Value,
            RemoteAddrs = [args[0]],
            JoinToken = _token.Value,
            Availability = PolicyFlags.OneOf(_availability, "active", "pause", "drain"),
        }, ApiJson.Wire.SwarmJoinRequest);
        var role = session.Client.Get("/info", ApiJson.Wire.SystemInfo).Swarm.ControlAvailable ? "manager" : "worker";
        session.Out.WriteLine($"This node joined a swarm as a {role}.");
        return 0;
    }
}
