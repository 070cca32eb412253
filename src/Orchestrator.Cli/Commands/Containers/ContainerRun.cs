using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Streams;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerRun : Command
{
    private readonly ContainerFlags _flags;
    private readonly BoolFlag _detach;
    private readonly BoolFlag _signalProxy;
    private readonly ValueFlag<string> _detachKeys;

    public ContainerRun()
    {
        _flags = new ContainerFlags(Flags);
        _detach = Flags.Bool("detach", 'd', "Print the container's ID and leave it running");
        _signalProxy = Flags.Bool("sig-proxy", null, "Hand signals on to the container", value: true);
        _detachKeys = DetachKeys.Flag(Flags);
    }

    public override string Usage => "[OPTIONS] IMAGE [COMMAND] [ARG...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override bool Interspersed => false;

    public override string[] Examples =>
    [
        "orch run --rm -it busybox sh                     # a shell that leaves nothing behind",
        "orch run -d --name web -p 8080:80 web            # a server in the background",
        "orch run --rm -v data:/data -m 256m job --once   # a volume and a limit",
    ];

    public override int Run(Session session, List<string> args)
    {
        try
        {
            var request = ContainerRequests.Build(session, _flags, args, _detach);
            if (request is { Tty: true, AttachStdin: true } && !session.InputIsTerminal)
                throw new CliException("the input device is not a TTY: leave -t out, or run it from a terminal");
            var id = ContainerCreation.Create(session, _flags, request);
            return _detach ? StartDetached(session, id) : RunAttached(session, request, id);
        }
        catch (DaemonException e)
        {
            throw new CliException(
                $"orch: {e.Message}\n\nRun 'orch run --help' for more information", ExitCodes.OfStartFailure(e.Reason));
        }
    }

    private static int StartDetached(Session session, string id)
    {
        session.Client.Post($"/containers/{id}/start");
        session.Out.WriteLine(id);
        return 0;
    }

    private int RunAttached(Session session, CreateContainerRequest request, string id)
    {
        var query = new Query().Add("stream", true).Add("stdin", request.AttachStdin)
            .Add("stdout", request.AttachStdout).Add("stderr", request.AttachStderr)
            .Add("detachKeys", DetachKeys.Chosen(session, _detachKeys));
        // Attached and waited for before the start: of a container that ends at once, nothing is missed.
        using var stream = session.Client.Hijack($"/containers/{id}/attach{query}");
        var exit = new ExitWaiter(session.Client, id, _flags.AutoRemove ? "removed" : "next-exit");
        try
        {
            session.Client.Post($"/containers/{id}/start");
        }
        catch (DaemonException) when (_flags.AutoRemove)
        {
            exit.Wait();
            throw;
        }

        using var signals = _signalProxy && !request.Tty ? new SignalProxy(session.Client, id) : null;
        using var resizer = request.Tty && session.OutputIsTerminal
            ? new TerminalResizer(session, $"/containers/{id}") : null;
        return ContainerConsole.Run(session, stream, request.Tty, request.AttachStdin, DetachKeys.Chosen(session, _detachKeys))
            ? exit.Wait() : 0;
    }
}
