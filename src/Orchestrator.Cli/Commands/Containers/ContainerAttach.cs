using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Streams;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerAttach : Command
{
    private readonly BoolFlag _noStdin;
    private readonly BoolFlag _signalProxy;
    private readonly ValueFlag<string> _detachKeys;

    public ContainerAttach()
    {
        _noStdin = Flags.Bool("no-stdin", null, "Do not attach stdin");
        _signalProxy = Flags.Bool("sig-proxy", null, "Hand signals on to the container", value: true);
        _detachKeys = DetachKeys.Flag(Flags);
    }

    public override string Usage => "[OPTIONS] CONTAINER";

    public override Arity Arity => Arity.Exactly(1);

    public override int Run(Session session, List<string> args)
    {
        var container = session.Client.Get($"/containers/{Escape(args[0])}/json", ApiJson.Wire.ContainerInspect);
        CheckRunning(container.State);
        var input = !_noStdin && container.Config.OpenStdin;
        var tty = container.Config.Tty;
        var query = new Query().Add("stream", true).Add("stdin", input).Add("stdout", true).Add("stderr", true)
            .Add("detachKeys", DetachKeys.Chosen(session, _detachKeys));
        var exit = new ExitWaiter(session.Client, container.Id, "not-running");
        using var stream = session.Client.Hijack($"/containers/{container.Id}/attach{query}");

        using var signals = _signalProxy && !tty ? new SignalProxy(session.Client, container.Id) : null;
        using var resizer = tty && session.OutputIsTerminal
            ? new TerminalResizer(session, $"/containers/{container.Id}", redraws: true) : null;
        return ContainerConsole.Run(session, stream, tty, input, DetachKeys.Chosen(session, _detachKeys))
            ? exit.Wait() : throw DetachKeys.Typed();
    }

    private static void CheckRunning(ContainerState state)
    {
        if (!state.Running) throw new CliException("You cannot attach to a stopped container, start it first");
        if (state.Paused) throw new CliException("cannot attach to a paused container, unpause it first");
        if (state.Restarting)
            throw new CliException("cannot attach to a restarting container, wait until it is running");
    }
}
