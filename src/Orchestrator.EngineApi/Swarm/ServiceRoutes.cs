using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.EngineApi.Http;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Protocol.V1;
using Task = System.Threading.Tasks.Task;
using Dto = Orchestrator.Api.Swarm;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>/services.</summary>
internal sealed class ServiceRoutes(ControlCalls control)
{
    private static Api.ApiJson Json => Api.ApiJson.Wire;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/services", ListAsync);
        routes.MapPost("/services/create", CreateAsync);
        routes.MapGet("/services/{id}", InspectAsync);
        routes.MapPost("/services/{id}/update", UpdateAsync);
        routes.MapDelete("/services/{id}", RemoveAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        var filters = http.Filters("id", "label", "mode", "name", "runtime");
        var request = new ListServicesRequest
        {
            Ids = { filters["id"] },
            Names = { filters["name"] },
            Labels = { filters["label"] },
            Modes = { filters["mode"] },
        };
        var response = await control.CallAsync(
            c => c.ListServicesAsync(request, cancellationToken: http.RequestAborted));
        var withStatus = http.Flag("status");
        await http.WriteJsonAsync(
            [.. response.Services.Select(service => ObjectViews.Of(
                service.ToModel(), withStatus ? Status(response.Counts.GetValueOrDefault(service.Id)) : null))],
            Json.ServiceArray);
    }

    // Step 2 of `orch service create` (docs/ARCHITECTURE.md): from docker's body to the control service.
    private async Task CreateAsync(HttpContext http)
    {
        var spec = ServiceSpecReader.Read(await http.ReadJsonAsync(Json.ServiceSpec));
        var response = await control.CallAsync(c => c.CreateServiceAsync(
            new CreateServiceRequest { Spec = spec.ToProto() }, cancellationToken: http.RequestAborted));
        await http.WriteJsonAsync(
            new Dto.ServiceCreateResponse { ID = response.Service.Id, Warnings = Warnings(http, response.Warnings) },
            Json.ServiceCreateResponse, StatusCodes.Status201Created);
    }

    private async Task InspectAsync(HttpContext http) =>
        await http.WriteJsonAsync(ObjectViews.Of((await GetAsync(http)).ToModel()), Json.Service);

    private async Task UpdateAsync(HttpContext http)
    {
        var rollback = http.Query("rollback") == "previous";
        var body = await http.ReadJsonAsync(Json.ServiceSpec);
        var service = await GetAsync(http);
        UnknownToDocker.Keep(body, service.Spec.ToModel().Endpoint);
        var spec = ServiceSpecReader.Read(body);
        var response = await control.CallAsync(c => c.UpdateServiceAsync(
            new UpdateServiceRequest
            {
                Id = service.Id,
                Version = http.Version(),
                Spec = spec.ToProto(),
                Rollback = rollback,
            },
            cancellationToken: http.RequestAborted));
        await http.WriteJsonAsync(
            new Dto.ServiceUpdateResponse { Warnings = Warnings(http, response.Warnings) }, Json.ServiceUpdateResponse);
    }

    private async Task RemoveAsync(HttpContext http)
    {
        var service = await GetAsync(http);
        await control.CallAsync(c => c.RemoveServiceAsync(
            new RemoveServiceRequest { Id = service.Id }, cancellationToken: http.RequestAborted));
    }

    private async Task<Service> GetAsync(HttpContext http) => (await control.CallAsync(c => c.GetServiceAsync(
        new GetServiceRequest { Reference = http.Route("id"), InsertDefaults = http.Flag("insertDefaults") },
        cancellationToken: http.RequestAborted))).Service;

    private static Dto.ServiceStatus Status(ServiceCounts? counts) =>
        new() { RunningTasks = counts?.Running ?? 0, DesiredTasks = counts?.Desired ?? 0 };

    private static string[]? Warnings(HttpContext http, IEnumerable<string> told)
    {
        string[] all = [.. told, .. LoginWarnings(http)];
        return all.Length > 0 ? all : null;
    }

    /// <summary>docker sends <c>e30=</c>, an empty object, without a login.</summary>
    private static string[] LoginWarnings(HttpContext http) =>
        http.Request.Headers["X-Registry-Auth"].ToString() is "" or "e30=" or "e30"
            ? []
            : ["the registry login is not passed on to the nodes yet: push the image to "
                + "registry.orch:5000, where they need none"];
}
