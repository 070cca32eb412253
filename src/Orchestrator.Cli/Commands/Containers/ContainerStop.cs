using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>stop and restart: the same flags, another last path segment.</summary>
internal sealed class ContainerStop : Command
{
    private readonly string _verb;
    private readonly ValueFlag<string> _signal;
    private readonly ValueFlag<long?> _timeout;

    public ContainerStop(string verb)
    {
        _verb = verb;
        _signal = Flags.String("signal", 's', "Signal to send first");
        _timeout = Flags.Int("timeout", 't', "Seconds until SIGKILL; -1: wait for good");
        Flags.Add(new ListAlias("time", _timeout));
    }

    public override string Usage => "[OPTIONS] CONTAINER [CONTAINER...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override int Run(Session session, List<string> args)
    {
        var query = new Query().Add("signal", _signal.Value).Add("t", _timeout.Value);
        return ForEach(session, args, name =>
        {
            session.Client.Post($"/containers/{Escape(name)}/{_verb}{query}");
            return name;
        });
    }
}
