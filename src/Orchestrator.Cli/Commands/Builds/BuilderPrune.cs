using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Builds;

internal sealed class BuilderPrune : PruneCommand
{
    private readonly BoolFlag _all;
    private readonly ValueFlag<long?> _keep;
    private readonly ValueFlag<long?> _reserved;

    public BuilderPrune()
    {
        _all = Flags.Bool("all", 'a', "Remove all that is unused, not only what nothing names");
        _keep = Flags.Bytes("keep-storage", null, "Disk space to keep for the cache");
        _reserved = Flags.Bytes("reserved-space", null, "As --keep-storage");
    }

    protected override string Warning => _all
        ? "This will remove all build cache." : "This will remove all dangling build cache.";

    protected override void Prune(Session session, Filters filters)
    {
        var query = new Query().Add("all", _all).Add("keep-storage", _keep.Value ?? _reserved.Value).Add(filters);
        var report = session.Client.Post($"/build/prune{query}", ApiJson.Wire.BuildCachePruneReport);
        PruneText.Write(session.Out, "Deleted build cache objects:", report.CachesDeleted, report.SpaceReclaimed);
    }
}
