using Orchestrator.Manager.Orchestration;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.ControlApi;

/// <summary>Tasks are read only: they follow from their service.</summary>
internal sealed class TaskApi(ObjectStore store)
{
    public async Task<P.ListTasksResponse> ListAsync(P.ListTasksRequest request, CancellationToken cancellationToken)
    {
        var root = await store.ViewCurrentAsync(cancellationToken);
        var services = request.Services.Select(reference => References.Service(root, reference).Id).ToHashSet();
        var nodes = request.Nodes.Select(reference => References.Node(root, reference).Id).ToHashSet();
        var candidates = services.Count > 0
            ? services.SelectMany(id => root.Tasks.Find(Indexes.TaskService, id.Value))
            : root.Tasks.All.Where(task => !task.IsAttachment);
        var upToDate = new Dictionary<ServiceId, SpecComparison>();
        var response = new P.ListTasksResponse();
        response.Tasks.AddRange(candidates
            .Where(task => nodes.Count == 0 || nodes.Contains(task.NodeId))
            .Where(task => Matches(task, request))
            .Where(task => !request.UpToDate || IsUpToDate(task, root, upToDate))
            .Select(task => task.ToProto()));
        return response;
    }

    public async Task<P.GetTaskResponse> GetAsync(P.GetTaskRequest request, CancellationToken cancellationToken)
    {
        var root = await store.ViewCurrentAsync(cancellationToken);
        return new P.GetTaskResponse { Task = References.Task(root, request.Reference).ToProto() };
    }

    private static bool Matches(OrchTask task, P.ListTasksRequest request) =>
        Matching.Prefix(request.Ids, task.Id.Value)
        && Matching.Prefix(request.Names, task.Name, task.ServiceAnnotations.Name)
        && Matching.Labels(request.Labels, task.ServiceAnnotations.Labels)
        && Matching.Value(request.DesiredStates, task.DesiredState.ToString());

    // Made from an older spec that says the same of its tasks (a mere scale, say) is up to date too: clients count on
    // it.
    private static bool IsUpToDate(OrchTask task, StoreRoot root, Dictionary<ServiceId, SpecComparison> comparisons)
    {
        if (root.Services.Get(task.ServiceId.Value) is not { } service)
            return false;
        if (!comparisons.TryGetValue(service.Id, out var comparison))
            comparisons.Add(service.Id, comparison = new SpecComparison(service, root.Nodes));
        return !comparison.IsOutdated(task);
    }
}
