using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Volumes;

internal sealed class VolumePrune : PruneCommand
{
    private readonly BoolFlag _all;

    public VolumePrune()
        : base("label=temp") => _all = Flags.Bool("all", 'a', "Remove unused volumes with a name, too");

    protected override string Warning =>
        $"This will remove {(_all ? "all" : "anonymous")} local volumes not used by at least one container.";

    protected override void Prune(Session session, Filters filters)
    {
        if (_all) filters.Add("all", "true");
        var report = session.Client.Post($"/volumes/prune{new Query().Add(filters)}", ApiJson.Wire.VolumesPruneReport);
        PruneText.Write(session.Out, "Deleted Volumes:", report.VolumesDeleted, report.SpaceReclaimed);
    }
}
