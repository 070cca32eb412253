using Orchestrator.Model;

namespace Orchestrator.Manager.Scheduling.Filters;

/// <summary>The node has the links that the task's networks stand on.</summary>
internal sealed class LinkFilter : NodeFilter
{
    public override bool Fits(NodeLoad node, OrchTask task) => node.MissingLink(task) is null;

    public override string Explain(int nodes) => $"link that a network stands on missing on {Count(nodes)}";

    public override string Explain(OrchTask task, IReadOnlyCollection<NodeLoad> unfit)
    {
        var missing = unfit.Select(node => node.MissingLink(task)).OfType<string>().Distinct();
        return $"no link {string.Join(", ", missing)} on {Count(unfit.Count)}";
    }
}
