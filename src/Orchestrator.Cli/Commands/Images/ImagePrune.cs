using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Images;

internal sealed class ImagePrune : PruneCommand
{
    private readonly BoolFlag _all;

    public ImagePrune() => _all = Flags.Bool("all", 'a', "Remove every unused image, not only unnamed ones");

    protected override string Warning =>
        _all ? "This will remove all images without at least one container associated to them."
            : "This will remove all dangling images.";

    protected override void Prune(Session session, Filters filters) => Prune(session, _all, filters);

    public static void Prune(Session session, bool all, Filters filters)
    {
        filters.Add("dangling", all ? "false" : "true");
        var report = session.Client.Post($"/images/prune{new Query().Add(filters)}", ApiJson.Wire.ImagesPruneReport);
        var lines = report.ImagesDeleted?.Select(
            static i => i.Deleted is { } id ? $"deleted: {id}" : $"untagged: {i.Untagged}");
        PruneText.Write(session.Out, "Deleted Images:", lines?.ToArray(), report.SpaceReclaimed);
    }
}
