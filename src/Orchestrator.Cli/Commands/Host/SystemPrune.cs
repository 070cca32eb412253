using Orchestrator.Api;
using Orchestrator.Cli.Commands.Images;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Host;

internal sealed class SystemPrune : Command
{
    private readonly BoolFlag _all;
    private readonly BoolFlag _force;
    private readonly BoolFlag _volumes;
    private readonly ListFlag _filter;

    public SystemPrune()
    {
        _all = Flags.Bool("all", 'a', "Remove every unused image, not only unnamed ones");
        _filter = Flags.List("filter", null, "Remove only what matches (e.g. \"label=temp\")", "filter");
        _force = Flags.Bool("force", 'f', "Do not ask");
        _volumes = Flags.Bool("volumes", null, "Remove anonymous volumes, too");
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        var what = $"This removes all stopped containers, unused networks and {(_all ? "unused" : "dangling")} images"
            + (_volumes ? ", and unused anonymous volumes." : ".");
        if (!_force && !Confirm.Ask(session, what)) return 1;
        var query = new Query().Add(FilterFlags.ToFilters(_filter));
        var containers = session.Client.Post($"/containers/prune{query}", ApiJson.Wire.ContainersPruneReport);
        PruneText.Write(session.Out, "Deleted Containers:", containers.ContainersDeleted, null);
        var networks = session.Client.Post($"/networks/prune{query}", ApiJson.Wire.NetworksPruneReport);
        PruneText.Write(session.Out, "Deleted Networks:", networks.NetworksDeleted, null);
        if (_volumes)
        {
            var volumes = session.Client.Post($"/volumes/prune{query}", ApiJson.Wire.VolumesPruneReport);
            PruneText.Write(session.Out, "Deleted Volumes:", volumes.VolumesDeleted, null);
        }
        ImagePrune.Prune(session, _all, FilterFlags.ToFilters(_filter));
        return 0;
    }
}
