using Orchestrator.Model;

namespace Orchestrator.Manager.Scheduling.Filters;

/// <summary>The node is up and takes new tasks. What its own containers ask for is no new work.</summary>
internal sealed class ReadyFilter : NodeFilter
{
    public override bool Fits(NodeLoad node, OrchTask task) => Takes(node.Node, task);

    public static bool Takes(Node node, OrchTask task) =>
        node.Status.State == NodeState.Ready
        && (node.Spec.Availability == NodeAvailability.Active || task.IsAttachment);

    public override string Explain(int nodes) => $"{Count(nodes)} not available for new tasks";
}
