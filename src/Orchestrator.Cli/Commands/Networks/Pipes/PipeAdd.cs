using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Networks.Pipes;

/// <summary><c>network pipe</c>: pipework's command line, word for word.</summary>
internal sealed class PipeAdd : Command
{
    private readonly BoolFlag _direct;
    private readonly BoolFlag _wait;
    private readonly ValueFlag<string> _family;
    private readonly ValueFlag<string> _interface;
    private readonly ValueFlag<string> _local;

    public PipeAdd()
    {
        _direct = Flags.Bool("direct-phys", null, "Give the container the network card itself");
        _family = Flags.String("family", 'a', "Address family: 4 or 6");
        _interface = Flags.String("interface", 'i', "Name inside the container (default eth1; of InfiniBand ib0)");
        _local = Flags.String("local", 'l', "Name of the host's end of a link to a bridge");
        _wait = Flags.Bool("wait", null, "Only wait until the interface is up: of a container, or of where this runs");
    }

    public override string Usage =>
        "[OPTIONS] HOSTINTERFACE CONTAINER IP/LEN[@GATEWAY]|dhcp|0/0 [MAC][@VLAN]";

    public override Arity Arity => Arity.AtMost(4);

    public override string[] Examples =>
    [
        "orch network pipe br1 web 192.168.1.1/24                  # the bridge is made when missing",
        "orch network pipe br1 -i eth2 web 192.168.4.25/20@192.168.4.1",
        "orch network pipe eth0 web dhcp U:web.example.com@10      # VLAN 10, an address that stays",
        "orch network pipe --direct-phys mac:00:f3:15:4a:42:c8 -i container0 web 0/0",
        "orch network pipe dummy web 192.168.21.101/24",
        "orch network pipe --wait -i eth1 web",
    ];

    public override int Run(Session session, List<string> args)
    {
        if (_wait)
            return LinkWait.Run(session, args.Count > 0 ? args[^1] : null, _interface.Value, TimeSpan.Zero);
        if (args.Count < 3)
            throw new UsageException("orch: 'orch network pipe' requires at least 3 and at most 4 arguments", 1);
        session.Client.Post(
            $"/containers/{Escape(args[1])}/pipes",
            new PipeRequest
            {
                HostInterface = args[0],
                DirectPhys = _direct,
                Interface = _interface.Value,
                LocalInterface = _local.Value,
                Address = args[2],
                MacAndVlan = args.Count > 3 ? args[3] : "",
                Family = _family.Value,
            },
            ApiJson.Wire.PipeRequest, ApiJson.Wire.Pipe);
        return 0;
    }
}
