using Orchestrator.Api;
using Orchestrator.Cli.Commands.Images;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerCommit : Command
{
    private readonly ValueFlag<string> _author;
    private readonly ListFlag _changes;
    private readonly ValueFlag<string> _message;
    private readonly BoolFlag _pause;

    public ContainerCommit()
    {
        _author = Flags.String("author", 'a', "Author, such as \"Ada <ada@example.org>\"");
        _changes = Flags.List("change", 'c', "Dockerfile instruction to apply, such as 'CMD [\"/server\"]'");
        _message = Flags.String("message", 'm', "Comment of the image");
        _pause = Flags.Bool("pause", 'p', "Pause the container meanwhile", value: true);
    }

    public override string Usage => "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]";

    public override Arity Arity => new(1, 2);

    public override string[] Examples => ["orch commit -m 'with curl' -c 'CMD [\"/server\"]' web web:2"];

    public override int Run(Session session, List<string> args)
    {
        var (repository, tag) = args.Count > 1 ? ImageName.Split(args[1]) : ("", "");
        var query = new Query().Add("container", args[0]).Add("repo", repository).Add("tag", tag)
            .Add("comment", _message.Value).Add("author", _author.Value).Add("pause", _pause ? "1" : "0");
        foreach (var change in _changes.Values) query.Add("changes", change);
        session.Out.WriteLine(session.Client.Post($"/commit{query}", ApiJson.Wire.IdResponse).Id);
        return 0;
    }
}
