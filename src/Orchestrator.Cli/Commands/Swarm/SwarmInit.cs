using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Commands.Services;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Swarm;

internal sealed class SwarmInit : Command
{
    public const string DefaultListen = "0.0.0.0:2377";

    private readonly SwarmSpecFlags _spec;
    private readonly ValueFlag<string> _advertise;
    private readonly ValueFlag<string> _listen;
    private readonly ValueFlag<string> _dataPath;
    private readonly ValueFlag<ulong?> _dataPort;
    private readonly ValueFlag<string> _availability;
    private readonly ListFlag _pools;
    private readonly ValueFlag<ulong?> _maskLength;
    private readonly BoolFlag _force;

    public SwarmInit()
    {
        _spec = new SwarmSpecFlags(Flags);
        _advertise = Flags.String(
            "advertise-addr", null, "Address that the other nodes reach this one by: ip|interface[:port]");
        _availability = Flags.String("availability", null, "active, pause or drain", "active");
        _dataPath = Flags.String("data-path-addr", null, "Address or interface for the containers' traffic");
        _dataPort = Flags.UInt("data-path-port", null, "UDP port of the containers' traffic, 1024 to 49151", "4789");
        _pools = Flags.List(
            "default-addr-pool", null, "Addresses for the cluster's networks, in CIDR form", "ipNetSlice");
        _maskLength = Flags.UInt("default-addr-pool-mask-length", null, "Prefix length of each network", "24");
        _force = Flags.Bool(
            "force-new-cluster", null, "Go on alone with this manager's state, when most managers are lost");
        _listen = Flags.String("listen-addr", null, "Address to listen on: ip|interface[:port]", DefaultListen);
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override string[] Examples => ["orch swarm init --advertise-addr 10.0.0.1"];

    public override int Run(Session session, List<string> args)
    {
        var request = new SwarmInitRequest
        {
            ListenAddr = _listen.Value,
            AdvertiseAddr = _advertise.Value,
            DataPathAddr = _dataPath.Value,
            DataPathPort = (uint)(_dataPort.Value ?? 0),
            ForceNewCluster = _force,
            AutoLockManagers = _spec.Autolock,
            Availability = PolicyFlags.OneOf(_availability, "active", "pause", "drain"),
            DefaultAddrPool = _pools.Values.Count == 0 ? null : [.. _pools.Values.SelectMany(static p => p.Split(','))],
            SubnetSize = (uint)(_maskLength.Value ?? 0),
        };
        _spec.Apply(request.Spec);
        var node = session.Client.Post("/swarm/init", request, ApiJson.Wire.SwarmInitRequest, ApiJson.Wire.String);
        session.Out.WriteLine($"Swarm initialized: current node ({node}) is now a manager.\n");
        JoinCommand.Print(session, node, manager: false, worker: true);
        session.Out.WriteLine(
            "To add a manager to this swarm, run 'orch swarm join-token manager' and follow the instructions.\n");
        return 0;
    }
}
