using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.EngineApi.Http;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Protocol.V1;
using Task = System.Threading.Tasks.Task;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>/tasks.</summary>
internal sealed class TaskRoutes(ControlCalls control)
{
    private static Api.ApiJson Json => Api.ApiJson.Wire;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/tasks", ListAsync);
        routes.MapGet("/tasks/{id}", InspectAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        var filters = http.Filters("_up-to-date", "desired-state", "id", "label", "name", "node", "runtime", "service");
        var request = new ListTasksRequest
        {
            Ids = { filters["id"] },
            Names = { filters["name"] },
            Labels = { filters["label"] },
            Services = { filters["service"] },
            Nodes = { filters["node"] },
            DesiredStates = { filters["desired-state"] },
            UpToDate = filters["_up-to-date"].Any(static value => value is "true" or "1"),
        };
        var response = await control.CallAsync(c => c.ListTasksAsync(request, cancellationToken: http.RequestAborted));
        var networks = await NetworksAsync(response.Tasks, http.RequestAborted);
        await http.WriteJsonAsync(
            [.. response.Tasks.Select(task => ObjectViews.Of(task.ToModel(), networks))], Json.SwarmTaskArray);
    }

    private async Task InspectAsync(HttpContext http)
    {
        var response = await control.CallAsync(c => c.GetTaskAsync(
            new GetTaskRequest { Reference = http.Route("id") }, cancellationToken: http.RequestAborted));
        var networks = await NetworksAsync([response.Task], http.RequestAborted);
        await http.WriteJsonAsync(ObjectViews.Of(response.Task.ToModel(), networks), Json.SwarmTask);
    }

    private async Task<Dictionary<string, Model.Network>> NetworksAsync(
        IEnumerable<Protocol.V1.Task> tasks, CancellationToken cancellationToken)
    {
        if (!tasks.Any(static task => task.Networks.Count > 0)) return [];
        var response = await control.CallAsync(
            c => c.ListNetworksAsync(new ListNetworksRequest(), cancellationToken: cancellationToken));
        return response.Networks.Select(static n => n.ToModel()).ToDictionary(
            static n => n.Id.Value, StringComparer.Ordinal);
    }
}
