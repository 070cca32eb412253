using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Images;

internal sealed class ImageImport : Command
{
    private readonly ListFlag _changes;
    private readonly ValueFlag<string> _message;
    private readonly ValueFlag<string> _platform;

    public ImageImport()
    {
        _changes = Flags.List("change", 'c', "Dockerfile instruction to apply, such as 'CMD [\"/server\"]'");
        _message = Flags.String("message", 'm', "Comment of the image");
        _platform = Flags.String("platform", null, "Platform of the image, os/arch[/variant]");
    }

    public override string Usage => "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]";

    public override Arity Arity => new(1, 2);

    public override string[] Examples => ["tar -C rootfs -c . | orch import -c 'CMD [\"/bin/sh\"]' - base:1"];

    public override int Run(Session session, List<string> args)
    {
        var isUrl = args[0].StartsWith("http://", StringComparison.Ordinal)
            || args[0].StartsWith("https://", StringComparison.Ordinal);
        var (repository, tag) = args.Count > 1 ? ImageName.Split(args[1]) : ("", "");
        var query = new Query().Add("fromSrc", isUrl ? args[0] : "-").Add("repo", repository).Add("tag", tag)
            .Add("message", _message.Value).Add("platform", _platform.Value);
        foreach (var change in _changes.Values) query.Add("changes", change);

        using var file = isUrl || args[0] == "-" ? null : ArchiveFile.Open(args[0]);
        using var response = isUrl
            ? session.Client.Send("POST", $"/images/create{query}")
            : session.Client.Upload($"/images/create{query}", file ?? session.Input, "text/plain");
        ProgressStream.Show(session, response.Body, session.Out);
        return 0;
    }
}
