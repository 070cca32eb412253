using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Containers;
using Orchestrator.EngineApi.Http;
using Orchestrator.Network;

namespace Orchestrator.EngineApi.Networks;

/// <summary>The networks of this node. Those of the cluster are added to these by the swarm routes.</summary>
internal sealed class NetworkRoutes(EngineApiContext context)
{
    private static readonly string[] Predefined = ["bridge", "host", "none"];

    private readonly ContainerEngine engine = context.Engine;
    private readonly NodeNetwork network = context.Engine.Network;

    private static Api.ApiJson Json => Api.ApiJson.Wire;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/networks", ListAsync);
        routes.MapPost("/networks/create", CreateAsync);
        routes.MapPost("/networks/prune", PruneAsync);
        routes.MapGet("/networks/{id}", InspectAsync);
        routes.MapDelete("/networks/{id}", RemoveAsync);
        routes.MapPost("/networks/{id}/connect", ConnectAsync);
        routes.MapPost("/networks/{id}/disconnect", DisconnectAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        var filters = http.Filters("dangling", "driver", "id", "label", "name", "scope", "type");
        var shown = network.ListNetworks().Where(one => NetworkFilter.Matches(filters, one, IsUsed(one), Predefined));
        await http.WriteJsonAsync([.. shown.Select(one => NetworkViews.Of(one, []))], Json.NetworkResourceArray);
    }

    private async Task InspectAsync(HttpContext http)
    {
        var one = Find(http.Route("id"));
        await http.WriteJsonAsync(NetworkViews.Of(one, Members(one)), Json.NetworkResource);
    }

    private async Task CreateAsync(HttpContext http)
    {
        var request = await http.ReadJsonAsync(Json.NetworkCreateRequest);
        if (request.Name.Length == 0)
            throw EngineException.Invalid("network name cannot be empty; name it: orch network create NAME");
        if (request.Driver == NetworkDrivers.Overlay)
            throw EngineException.Conflict(
                "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.");
        var made = await network.CreateNetworkAsync(NetworkViews.ToConfig(request), http.RequestAborted);
        engine.Events.Publish("network", "create", made.Id, Attributes(made));
        await http.WriteJsonAsync(
            new Api.NetworkCreateResponse { Id = made.Id }, Json.NetworkCreateResponse, StatusCodes.Status201Created);
    }

    private async Task RemoveAsync(HttpContext http)
    {
        var one = Find(http.Route("id"));
        await network.RemoveNetworkAsync(one.Id, http.RequestAborted);
        engine.Events.Publish("network", "destroy", one.Id, Attributes(one));
        http.NoContent();
    }

    private async Task ConnectAsync(HttpContext http)
    {
        var request = await http.ReadJsonAsync(Json.NetworkConnectRequest);
        var endpoint = CreateMapping.Endpoint(Find(http.Route("id")).Id, request.EndpointConfig);
        await engine.ConnectAsync(request.Container, endpoint, http.RequestAborted);
    }

    private async Task DisconnectAsync(HttpContext http)
    {
        var request = await http.ReadJsonAsync(Json.NetworkDisconnectRequest);
        await engine.DisconnectAsync(
            request.Container, Find(http.Route("id")).Id, request.Force, http.RequestAborted);
    }

    private async Task PruneAsync(HttpContext http)
    {
        var filters = http.Filters("label", "label!", "until");
        var gone = new List<string>();
        foreach (var one in network.ListNetworks())
        {
            if (one.Scope != "local" || Predefined.Contains(one.Name) || IsUsed(one)
                || !PruneFilter.Matches(filters, one.Labels, one.Created, context.Time))
            {
                continue;
            }

            await network.RemoveNetworkAsync(one.Id, http.RequestAborted);
            gone.Add(one.Name);
        }

        await http.WriteJsonAsync(new Api.NetworksPruneReport { NetworksDeleted = [.. gone] }, Json.NetworksPruneReport);
    }

    private NetworkConfig Find(string reference) => network.FindNetwork(reference)
        ?? throw new EngineException(EngineError.NotFound, $"network {reference} not found");

    private bool IsUsed(NetworkConfig one) => engine.List().Any(record =>
        record.State.IsUp && record.Connections.Any(connection => connection.NetworkName == one.Name));

    private Dictionary<string, Api.EndpointResource> Members(NetworkConfig one) => network.ListEndpoints(one.Id)
        .ToDictionary(endpoint => endpoint.ContainerId, endpoint => new Api.EndpointResource
        {
            Name = engine.Find(endpoint.ContainerId)?.Name ?? "",
            EndpointID = endpoint.EndpointId,
            MacAddress = endpoint.Mac,
            IPv4Address = endpoint.IPv4,
        });

    private static Dictionary<string, string> Attributes(NetworkConfig one) =>
        new() { ["name"] = one.Name, ["type"] = one.Driver };
}
