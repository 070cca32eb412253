using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Images;

internal sealed class ImageHistory : Command
{
    private const int CreatedByLength = 45;

    private readonly BoolFlag _human;
    private readonly BoolFlag _noTrunc;
    private readonly BoolFlag _quiet;
    private readonly ValueFlag<string> _format;
    private readonly ValueFlag<string> _platform;

    public ImageHistory()
    {
        _format = Flags.Format();
        _human = Flags.Bool("human", 'H', "Print sizes and dates for people", value: true);
        _noTrunc = Flags.NoTrunc();
        _platform = Flags.Platform();
        _quiet = Flags.Quiet();
    }

    public override string Usage => "[OPTIONS] IMAGE";

    public override Arity Arity => Arity.Exactly(1);

    public override int Run(Session session, List<string> args)
    {
        var query = new Query().Add("platform", _platform.Value);
        var steps = session.Client.Get(
            $"/images/{EscapeImage(args[0])}/history{query}", ApiJson.Wire.ImageHistoryItemArray);
        var now = session.Time.GetUtcNow();
        new Listing<ImageHistoryItem>(
            ["ID", _human ? "CreatedSince" : "CreatedAt", "CreatedBy", "Size", "Comment"],
            new("ID", "IMAGE", s => Text.Id(s.Id, _noTrunc)),
            new("CreatedSince", "CREATED", s => HumanDuration.Of(
                now - DateTimeOffset.FromUnixTimeSeconds(s.Created)) + " ago"),
            new("CreatedAt", "CREATED AT", static s => DateTimeOffset.FromUnixTimeSeconds(s.Created).ToString(
                "yyyy-MM-dd'T'HH:mm:ss'Z'", null)),
            new("CreatedBy", "CREATED BY", s => CreatedBy(s)),
            new("Size", "SIZE", s => _human ? Units.Size(s.Size, 3) : $"{s.Size}"),
            new("Comment", "COMMENT", static s => s.Comment))
            .Write(session.Out, steps, _format.Value, _quiet);
        return 0;
    }

    private string CreatedBy(ImageHistoryItem step)
    {
        var text = step.CreatedBy.Replace('\t', ' ');
        return _noTrunc ? text : Text.Ellipsis(text, CreatedByLength);
    }
}
