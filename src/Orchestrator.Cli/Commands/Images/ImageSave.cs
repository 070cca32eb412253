using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Images;

internal sealed class ImageSave : Command
{
    private readonly ValueFlag<string> _output;
    private readonly ValueFlag<string> _platform;

    public ImageSave()
    {
        _output = Flags.String("output", 'o', "Archive to write, in place of stdout");
        _platform = Flags.Platform();
    }

    public override string Usage => "[OPTIONS] IMAGE [IMAGE...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override string[] Examples => ["orch save -o web.tar web:1 web:2"];

    public override int Run(Session session, List<string> args)
    {
        var query = new Query();
        foreach (var name in args) query.Add("names", name);
        query.Add("platform", _platform.Value);
        return ArchiveFile.Save(session, $"/images/get{query}", _output.Value, "image");
    }
}
