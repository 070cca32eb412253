using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Images;

internal sealed class ImagePrune : Command
{
    private readonly BoolFlag _all;
    private readonly BoolFlag _force;
    private readonly ListFlag _filter;

    public ImagePrune()
    {
        _all = Flags.Bool("all", 'a', "Remove every unused image, not only unnamed ones");
        _force = Flags.Bool("force", 'f', "Do not ask");
        _filter = Flags.List("filter", null, "Remove only what matches (e.g. \"until=24h\")", "filter");
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        var warning = _all ? "This removes all images that no container uses." : "This removes all dangling images.";
        if (!_force && !Confirm.Ask(session, warning)) return 1;
        Prune(session, _all, FilterFlags.ToFilters(_filter));
        return 0;
    }

    public static void Prune(Session session, bool all, Filters filters)
    {
        filters.Add("dangling", all ? "false" : "true");
        var report = session.Client.Post($"/images/prune{new Query().Add(filters)}", ApiJson.Wire.ImagesPruneReport);
        var lines = report.ImagesDeleted?.Select(
            static i => i.Deleted is { } id ? $"deleted: {id}" : $"untagged: {i.Untagged}");
        PruneText.Write(session.Out, "Deleted Images:", lines?.ToArray(), report.SpaceReclaimed);
    }
}
