using Orchestrator.Model;

namespace Orchestrator.Manager.Scheduling.Filters;

/// <summary>What the task reserves is left over on the node.</summary>
internal sealed class ResourceFilter : NodeFilter
{
    public override bool Fits(NodeLoad node, OrchTask task)
    {
        var wanted = task.Spec.Resources.Reservations;
        return (wanted.NanoCpus == 0 || wanted.NanoCpus <= node.FreeNanoCpus)
            && (wanted.MemoryBytes == 0 || wanted.MemoryBytes <= node.FreeMemoryBytes);
    }

    public override string Explain(int nodes) => $"insufficient resources on {Count(nodes)}";
}
