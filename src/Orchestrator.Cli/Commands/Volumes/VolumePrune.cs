using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Volumes;

internal sealed class VolumePrune : Command
{
    private readonly BoolFlag _all;
    private readonly BoolFlag _force;
    private readonly ListFlag _filter;

    public VolumePrune()
    {
        _all = Flags.Bool("all", 'a', "Remove unused volumes with a name, too");
        _force = Flags.Bool("force", 'f', "Do not ask");
        _filter = Flags.List("filter", null, "Remove only what matches (e.g. \"label=temp\")", "filter");
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        var what = _all ? "all volumes" : "all anonymous volumes";
        if (!_force && !Confirm.Ask(session, $"This removes {what} that no container uses.")) return 1;
        var filters = FilterFlags.ToFilters(_filter);
        if (_all) filters.Add("all", "true");
        var report = session.Client.Post($"/volumes/prune{new Query().Add(filters)}", ApiJson.Wire.VolumesPruneReport);
        PruneText.Write(session.Out, "Deleted Volumes:", report.VolumesDeleted, report.SpaceReclaimed);
        return 0;
    }
}
