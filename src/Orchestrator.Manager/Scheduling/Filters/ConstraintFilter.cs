using Orchestrator.Model;

namespace Orchestrator.Manager.Scheduling.Filters;

/// <summary>The node meets every placement constraint.</summary>
internal sealed class ConstraintFilter : NodeFilter
{
    public override bool Fits(NodeLoad node, OrchTask task) => Meets(node.Node, task.Spec.Placement);

    public override string Explain(int nodes) => $"scheduling constraints not satisfied on {Count(nodes)}";

    public static bool Meets(Node node, Placement placement) =>
        placement.Constraints.Length == 0
        || Constraint.ParseAll(placement.Constraints).All(constraint => constraint.Matches(node));
}
