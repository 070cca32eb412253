using Orchestrator.Model;

namespace Orchestrator.Manager.Scheduling.Filters;

/// <summary>The node's kernel can do what the task's networks need.</summary>
internal sealed class FeatureFilter : NodeFilter
{
    public override bool Fits(NodeLoad node, OrchTask task) => node.MissingFeature(task) is null;

    public override string Explain(int nodes) => $"kernel feature of a network missing on {Count(nodes)}";

    public override string Explain(OrchTask task, IReadOnlyCollection<NodeLoad> unfit)
    {
        var missing = unfit.Select(node => node.MissingFeature(task)).OfType<string>().Distinct()
            .Select(feature => feature.Replace("|", " or ", StringComparison.Ordinal));
        return $"kernel lacks {string.Join(", ", missing)} for a network of the task on {Count(unfit.Count)}";
    }
}
