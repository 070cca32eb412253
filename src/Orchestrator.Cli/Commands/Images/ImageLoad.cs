using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Images;

internal sealed class ImageLoad : Command
{
    private readonly ValueFlag<string> _input;
    private readonly ValueFlag<string> _platform;
    private readonly BoolFlag _quiet;

    public ImageLoad()
    {
        _input = Flags.String("input", 'i', "Archive to read, in place of stdin");
        _platform = Flags.Platform();
        _quiet = Flags.Bool("quiet", 'q', "Do not show progress");
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override string[] Examples => ["orch load -i web.tar", "orch save web | orch -H tcp://other:2375 load"];

    public override int Run(Session session, List<string> args)
    {
        if (_input.Value.Length == 0 && session.InputIsTerminal)
            throw new CliException("requested load from stdin, but stdin is empty: name an archive with -i");
        using var file = _input.Value.Length == 0 ? null : ArchiveFile.Open(_input.Value);
        var query = new Query().Add("quiet", _quiet || !session.OutputIsTerminal).Add("platform", _platform.Value);
        using var response = session.Client.Upload(
            $"/images/load{query}", file ?? session.Input, "application/x-tar");
        ProgressStream.Show(session, response.Body, session.Out);
        return 0;
    }
}
