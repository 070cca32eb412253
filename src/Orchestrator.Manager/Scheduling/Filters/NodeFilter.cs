using Orchestrator.Model;

namespace Orchestrator.Manager.Scheduling.Filters;

/// <summary>One reason for which a node may be unfit for a task.</summary>
internal abstract class NodeFilter
{
    /// <summary>All reasons, in the order they are asked; the first that says no is the one that is told.</summary>
    public static IReadOnlyList<NodeFilter> All { get; } =
    [
        new ReadyFilter(), new ResourceFilter(), new ConstraintFilter(), new PlatformFilter(), new FeatureFilter(),
        new LinkFilter(), new HostPortFilter(), new MaxReplicasFilter(),
    ];

    public abstract bool Fits(NodeLoad node, OrchTask task);

    /// <summary>For the user, why <paramref name="nodes"/> nodes are unfit.</summary>
    public abstract string Explain(int nodes);

    /// <summary>The same, where more can be said than how many.</summary>
    public virtual string Explain(OrchTask task, IReadOnlyCollection<NodeLoad> unfit) => Explain(unfit.Count);

    protected static string Count(int nodes) => nodes == 1 ? "1 node" : $"{nodes} nodes";
}
