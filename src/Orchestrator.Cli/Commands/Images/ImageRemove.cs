using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Images;

internal sealed class ImageRemove : Command
{
    private readonly BoolFlag _force;
    private readonly BoolFlag _noPrune;
    private readonly ListFlag _platforms;

    public ImageRemove()
    {
        _force = Flags.Bool("force", 'f', "Remove it although it has several names, or is used");
        _noPrune = Flags.Bool("no-prune", null, "Keep unnamed parents");
        _platforms = Flags.List("platform", null, "Only if it is of this platform, os/arch[/variant]", "strings");
    }

    public override string Usage => "[OPTIONS] IMAGE [IMAGE...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override int Run(Session session, List<string> args)
    {
        var query = new Query().Add("force", _force).Add("noprune", _noPrune);
        foreach (var platform in _platforms.Values) query.Add("platforms", platform);
        return ForEach(session, args, name =>
        {
            using var response = session.Client.Send("DELETE", $"/images/{EscapeImage(name)}{query}");
            var items = System.Text.Json.JsonSerializer.Deserialize(
                response.Body, ApiJson.Wire.ImageDeleteItemArray) ?? [];
            foreach (var item in items)
                session.Out.WriteLine(item.Deleted is { } id ? $"Deleted: {id}" : $"Untagged: {item.Untagged}");
            return null;
        });
    }
}
