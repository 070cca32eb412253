using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Networks;

internal sealed class NetworkPrune : PruneCommand
{
    protected override string Warning => "This will remove all custom networks not used by at least one container.";

    protected override void Prune(Session session, Filters filters)
    {
        var report = session.Client.Post(
            $"/networks/prune{new Query().Add(filters)}", ApiJson.Wire.NetworksPruneReport);
        PruneText.Write(session.Out, "Deleted Networks:", report.NetworksDeleted, null);
    }
}
