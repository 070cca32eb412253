using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Networks.Pipes;

internal sealed class NetworkWait : Command
{
    private readonly ValueFlag<string> _interface;
    private readonly ValueFlag<long?> _timeout;

    public NetworkWait()
    {
        _interface = Flags.String("interface", 'i', "Name inside the container", "eth1");
        _timeout = Flags.Int("timeout", 't', "At most so many seconds");
    }

    public override string Usage => "[OPTIONS] [CONTAINER]";

    public override Arity Arity => Arity.AtMost(1);

    public override string[] Examples =>
    [
        "orch network wait -i eth1 -t 30 web",
        "orch network wait                     # inside a container, before its service starts",
    ];

    public override int Run(Session session, List<string> args) => LinkWait.Run(
        session, args.Count > 0 ? args[0] : null, _interface.Value, TimeSpan.FromSeconds(_timeout.Value ?? 0));
}
