using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerPrune : PruneCommand
{
    protected override string Warning => "This will remove all stopped containers.";

    protected override void Prune(Session session, Filters filters)
    {
        var report = session.Client.Post(
            $"/containers/prune{new Query().Add(filters)}", ApiJson.Wire.ContainersPruneReport);
        PruneText.Write(session.Out, "Deleted Containers:", report.ContainersDeleted, report.SpaceReclaimed);
    }
}
