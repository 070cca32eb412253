using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Images;

internal sealed class ImagePull : Command
{
    private readonly BoolFlag _allTags;
    private readonly BoolFlag _quiet;
    private readonly ValueFlag<string> _platform;

    public ImagePull()
    {
        _allTags = Flags.Bool("all-tags", 'a', "Pull every tag of the repository");
        Flags.Add(new TrustFlag());
        _platform = Flags.Platform();
        _quiet = Flags.Bool("quiet", 'q', "Print the image's name only");
    }

    public override string Usage => "[OPTIONS] NAME[:TAG|@DIGEST]";

    public override Arity Arity => Arity.Exactly(1);

    public override int Run(Session session, List<string> args)
    {
        ImageTransfer.CheckName(session, args[0], _allTags, _quiet);
        ImageTransfer.Pull(session, args[0], _platform.Value, _quiet ? TextWriter.Null : session.Out, _allTags);
        session.Out.WriteLine(_allTags ? args[0] : Familiar(ImageName.WithTag(args[0])));
        return 0;
    }

    /// <summary>In full, as docker ends a pull: <c>docker.io/library/busybox:latest</c>.</summary>
    private static string Familiar(string name) => ImageName.Registry(name) != "docker.io" ? name
        : name.StartsWith("docker.io/", StringComparison.Ordinal) ? name
        : name.Contains('/', StringComparison.Ordinal) ? "docker.io/" + name
        : "docker.io/library/" + name;
}
