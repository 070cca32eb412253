using Orchestrator.Manager.Scheduling.Filters;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Orchestration;

/// <summary>
/// Which tasks the service's present spec no longer describes. Remembers, as tasks of one version share a spec.
/// </summary>
internal sealed class SpecComparison(Service service, Table<Node> nodes)
{
    private readonly Dictionary<ulong, Difference> byVersion = [];

    private enum Difference
    {
        None,
        /// <summary>A task stays if its node still fits.</summary>
        Placement,
        Whole,
    }

    public bool IsOutdated(OrchTask task)
    {
        if (task.SpecVersion == service.SpecVersion)
            return false;
        if (!byVersion.TryGetValue(task.SpecVersion, out var difference))
            byVersion[task.SpecVersion] = difference = Compare(task);
        return difference switch
        {
            Difference.None => false,
            Difference.Placement => !StillFits(task),
            _ => true,
        };
    }

    private bool StillFits(OrchTask task) =>
        nodes.Get(task.NodeId.Value) is { } node && ConstraintFilter.Meets(node, service.Spec.Task.Placement);

    private Difference Compare(OrchTask task)
    {
        var wanted = service.Spec.Task;
        if (!(task.Endpoint?.Spec ?? new EndpointSpec()).OfTask.SameAs(service.Spec.Endpoint.OfTask))
            return Difference.Whole;
        if (task.Spec.SameAs(wanted))
            return Difference.None;
        return (task.Spec with { Placement = wanted.Placement }).SameAs(wanted)
            ? Difference.Placement
            : Difference.Whole;
    }
}
