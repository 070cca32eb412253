using Orchestrator.Model;

namespace Orchestrator.Manager.Scheduling.Filters;

/// <summary>The node is up and takes new tasks.</summary>
internal sealed class ReadyFilter : NodeFilter
{
    public override bool Fits(NodeLoad node, OrchTask task) =>
        node.Node.Status.State == NodeState.Ready && node.Node.Spec.Availability == NodeAvailability.Active;

    public override string Explain(int nodes) => $"{Count(nodes)} not available for new tasks";
}
