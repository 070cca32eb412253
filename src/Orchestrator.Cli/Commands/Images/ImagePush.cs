using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Images;

internal sealed class ImagePush : Command
{
    private readonly BoolFlag _allTags;
    private readonly ValueFlag<string> _platform;
    private readonly BoolFlag _quiet;

    public ImagePush()
    {
        _allTags = Flags.Bool("all-tags", 'a', "Push every tag of the repository");
        Flags.Add(new TrustFlag());
        _platform = Flags.Platform();
        _quiet = Flags.Bool("quiet", 'q', "Print the image's name only");
    }

    public override string Usage => "[OPTIONS] NAME[:TAG]";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples => ["orch tag web registry.orch:5000/web && orch push registry.orch:5000/web"];

    public override int Run(Session session, List<string> args)
    {
        ImageTransfer.CheckName(session, args[0], _allTags, _quiet);
        ImageTransfer.Push(
            session, args[0], _quiet ? TextWriter.Null : session.Out, _allTags, _platform.Value);
        if (_quiet) session.Out.WriteLine(ImageName.WithTag(args[0]));
        return 0;
    }
}
