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
            : root.Tasks.All;
        var response = new P.ListTasksResponse();
        response.Tasks.AddRange(candidates
            .Where(task => nodes.Count == 0 || nodes.Contains(task.NodeId))
            .Where(task => Matches(task, request, root))
            .Select(task => task.ToProto()));
        return response;
    }

    public async Task<P.GetTaskResponse> GetAsync(P.GetTaskRequest request, CancellationToken cancellationToken)
    {
        var root = await store.ViewCurrentAsync(cancellationToken);
        return new P.GetTaskResponse { Task = References.Task(root, request.Reference).ToProto() };
    }

    private static bool Matches(OrchTask task, P.ListTasksRequest request, StoreRoot root) =>
        Matching.Prefix(request.Ids, task.Id.Value)
        && Matching.Prefix(request.Names, task.Name, task.ServiceAnnotations.Name)
        && Matching.Labels(request.Labels, task.ServiceAnnotations.Labels)
        && Matching.Value(request.DesiredStates, task.DesiredState.ToString())
        && (!request.UpToDate || root.Services.Get(task.ServiceId.Value)?.SpecVersion == task.SpecVersion);
}
