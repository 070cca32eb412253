using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Commands.Images;

internal sealed class ImageTag : Command
{
    public override string Usage => "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]";

    public override Arity Arity => Arity.Exactly(2);

    public override int Run(Session session, List<string> args)
    {
        if (ImageName.Fault(args[1]) is { } fault)
            throw new CliException($"Error parsing reference: \"{args[1]}\" is not a valid repository/tag: {fault}");
        var (repository, tag) = ImageName.Split(args[1]);
        if (args[1].Contains('@', StringComparison.Ordinal))
            throw new CliException($"refusing to create a tag with a digest reference: {args[1]}");
        var query = new Query().Add("repo", repository).Add("tag", tag.Length > 0 ? tag : "latest");
        session.Client.Post($"/images/{EscapeImage(args[0])}/tag{query}");
        return 0;
    }
}
