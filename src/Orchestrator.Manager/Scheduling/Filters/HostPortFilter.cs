using Orchestrator.Model;

namespace Orchestrator.Manager.Scheduling.Filters;

/// <summary>The ports the task opens on its node are free there.</summary>
internal sealed class HostPortFilter : NodeFilter
{
    public override bool Fits(NodeLoad node, OrchTask task) => !NodeLoad.HostPortsOf(task).Any(node.HasHostPort);

    public override string Explain(int nodes) => $"host-mode port already in use on {Count(nodes)}";
}
