using Orchestrator.Model;

namespace Orchestrator.Manager.Scheduling.Filters;

/// <summary>The image runs on the node's platform.</summary>
internal sealed class PlatformFilter : NodeFilter
{
    public override bool Fits(NodeLoad node, OrchTask task)
    {
        var platforms = task.Spec.Placement.Platforms;
        return platforms.Length == 0
            || (node.Node.Description?.Platform is { } own && platforms.Any(platform => Same(platform, own)));
    }

    public override string Explain(int nodes) => $"unsupported platform on {Count(nodes)}";

    private static bool Same(Platform wanted, Platform own) =>
        (wanted.Os.Length == 0 || string.Equals(wanted.Os, own.Os, StringComparison.OrdinalIgnoreCase))
        && (wanted.Architecture.Length == 0
            || Constraint.Architecture(wanted.Architecture) == Constraint.Architecture(own.Architecture));
}
