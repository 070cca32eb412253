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
        if (!_force && !Confirm.Ask(session, Warning())) return 0;
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

    private string Warning()
    {
        List<string> lines =
        [
            "This will remove:", "  - all stopped containers", "  - all networks not used by at least one container",
        ];
        if (_volumes) lines.Add("  - all anonymous volumes not used by at least one container");
        lines.Add(_all ? "  - all images without at least one container associated to them" : "  - all dangling images");
        lines.Add(_all ? "  - all build cache" : "  - unused build cache");
        if (_filter.Values.Count > 0)
            lines.AddRange(["", "  Items to be pruned will be filtered with:", .. _filter.Values.Select(static f => $"  - {f}")]);
        return string.Join('\n', lines) + "\n";
    }
}
