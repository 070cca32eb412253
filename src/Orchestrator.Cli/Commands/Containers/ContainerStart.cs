using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Streams;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerStart : Command
{
    private readonly BoolFlag _attach;
    private readonly BoolFlag _interactive;
    private readonly ValueFlag<string> _detachKeys;

    public ContainerStart()
    {
        _attach = Flags.Bool("attach", 'a', "Show what it prints, and hand signals on");
        _interactive = Flags.Bool("interactive", 'i', "Attach stdin as well");
        _detachKeys = DetachKeys.Flag(Flags);
    }

    public override string Usage => "[OPTIONS] CONTAINER [CONTAINER...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override int Run(Session session, List<string> args)
    {
        if (!_attach && !_interactive)
            return StartAll(session, args);
        return args.Count == 1
            ? Attached(session, args[0])
            : throw new CliException("you cannot start and attach multiple containers at once");
    }

    private static int StartAll(Session session, List<string> names)
    {
        var failed = new List<string>();
        foreach (var name in names)
        {
            try
            {
                session.Client.Post($"/containers/{Escape(name)}/start");
                session.Out.WriteLine(name);
            }
            catch (DaemonException e)
            {
                session.Out.Flush();
                session.Error.WriteLine(e.Message);
                failed.Add(name);
            }
        }
        return failed.Count == 0 ? 0
            : throw new CliException($"Error: failed to start containers: {string.Join(", ", failed)}");
    }

    private int Attached(Session session, string name)
    {
        var container = session.Client.Get($"/containers/{Escape(name)}/json", ApiJson.Wire.ContainerInspect);
        var tty = container.Config.Tty;
        var input = _interactive && container.Config.OpenStdin;
        var query = new Query().Add("stream", true).Add("stdin", input).Add("stdout", true).Add("stderr", true)
            .Add("detachKeys", DetachKeys.Chosen(session, _detachKeys));
        using var stream = session.Client.Hijack($"/containers/{container.Id}/attach{query}");
        var exit = new ExitWaiter(
            session.Client, container.Id, container.HostConfig.AutoRemove ? "removed" : "next-exit");
        session.Client.Post($"/containers/{container.Id}/start");

        using var signals = tty ? null : new SignalProxy(session.Client, container.Id);
        using var resizer = tty && session.OutputIsTerminal
            ? new TerminalResizer(session, $"/containers/{container.Id}") : null;
        return ContainerConsole.Run(session, stream, tty, input, DetachKeys.Chosen(session, _detachKeys)) ? exit.Wait() : 0;
    }
}
