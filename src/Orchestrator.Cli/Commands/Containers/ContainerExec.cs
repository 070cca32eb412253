using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Specs;
using Orchestrator.Cli.Streams;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerExec : Command
{
    private readonly BoolFlag _detach;
    private readonly BoolFlag _interactive;
    private readonly BoolFlag _tty;
    private readonly BoolFlag _privileged;
    private readonly ListFlag _env;
    private readonly ListFlag _envFiles;
    private readonly ValueFlag<string> _user;
    private readonly ValueFlag<string> _workdir;
    private readonly ValueFlag<string> _detachKeys;

    public ContainerExec()
    {
        _detach = Flags.Bool("detach", 'd', "Leave the command running");
        _interactive = Flags.Bool("interactive", 'i', "Keep stdin open");
        _tty = Flags.Bool("tty", 't', "Give the command a terminal");
        _privileged = Flags.Bool("privileged", null, "Give the command all privileges");
        _env = Flags.List("env", 'e', "Environment variable, NAME=value");
        _envFiles = Flags.List("env-file", null, "File with a variable on each line");
        _user = Flags.String("user", 'u', "User and group to run as, <name|uid>[:<group|gid>]");
        _workdir = Flags.String("workdir", 'w', "Working directory inside the container");
        _detachKeys = DetachKeys.Flag(Flags);
    }

    public override string Usage => "[OPTIONS] CONTAINER COMMAND [ARG...]";

    public override Arity Arity => Arity.AtLeast(2);

    public override bool Interspersed => false;

    public override string[] Examples => ["orch exec -it web sh", "orch exec -e LEVEL=debug web reload"];

    public override int Run(Session session, List<string> args)
    {
        if (_tty && _interactive && !_detach && !session.InputIsTerminal)
            throw new CliException("the input device is not a TTY: leave -t out, or run it from a terminal");
        var request = new ExecCreateRequest
        {
            User = _user.Value,
            Privileged = _privileged,
            Tty = _tty,
            AttachStdin = _interactive && !_detach,
            AttachStdout = !_detach,
            AttachStderr = !_detach,
            DetachKeys = DetachKeys.Chosen(session, _detachKeys),
            Env = EnvList.Read(session, _env, _envFiles),
            WorkingDir = _workdir.Value,
            Cmd = [.. args.Skip(1)],
        };
        var exec = session.Client.Post(
            $"/containers/{Escape(args[0])}/exec", request, ApiJson.Wire.ExecCreateRequest, ApiJson.Wire.IdResponse);
        return Start(session, exec.Id);
    }

    private int Start(Session session, string id)
    {
        var start = new ExecStartRequest { Detach = _detach, Tty = _tty };
        if (_detach)
        {
            session.Client.Post($"/exec/{id}/start", start, ApiJson.Wire.ExecStartRequest);
            return 0;
        }
        try
        {
            using var stream = session.Client.Hijack(
                $"/exec/{id}/start", ApiClient.Json(start, ApiJson.Wire.ExecStartRequest));
            using var resizer = _tty && session.OutputIsTerminal ? new TerminalResizer(session, $"/exec/{id}") : null;
            if (!ContainerConsole.Run(session, stream, _tty, _interactive, DetachKeys.Chosen(session, _detachKeys)))
                throw DetachKeys.Typed();
        }
        catch (DaemonException e) when (ExitCodes.OfStartFailure(e.Reason) != ExitCodes.Daemon)
        {
            throw new CliException(e.Reason, ExitCodes.OfStartFailure(e.Reason));
        }
        return session.Client.Get($"/exec/{id}/json", ApiJson.Wire.ExecInspect).ExitCode ?? 0;
    }
}
