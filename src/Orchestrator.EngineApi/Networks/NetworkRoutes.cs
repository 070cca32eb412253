using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Containers;
using Orchestrator.EngineApi.Http;
using Orchestrator.EngineApi.Swarm;
using Orchestrator.Network;

namespace Orchestrator.EngineApi.Networks;

/// <summary>The networks of this node, and on a manager those of the cluster.</summary>
internal sealed class NetworkRoutes(EngineApiContext context, ClusterNetworks cluster)
{
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
        routes.MapPost("/orch/network/{id}/update", UpdateAsync);
        routes.MapPost("/networks/{id}/connect", ConnectAsync);
        routes.MapPost("/networks/{id}/disconnect", DisconnectAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        var filters = http.Filters("dangling", "driver", "id", "label", "name", "scope", "type");
        var clusters = await cluster.ListAsync(http.RequestAborted);
        // An overlay that this node takes part in is in both lists; the cluster's word is the newer.
        var all = network.ListNetworks().Where(one => !clusters.Any(other => other.Id == one.Id)).Concat(clusters);
        var shown = all.Where(one => NetworkFilter.Matches(filters, one, IsUsed(one)));
        await http.WriteJsonAsync([.. shown.Select(one => NetworkViews.Of(one, []))], Json.NetworkResourceArray);
    }

    private async Task InspectAsync(HttpContext http)
    {
        var one = await FindAnyAsync(http);
        await http.WriteJsonAsync(NetworkViews.Of(one, Members(one)), Json.NetworkResource);
    }

    private async Task CreateAsync(HttpContext http)
    {
        var request = await http.ReadJsonAsync(Json.NetworkCreateRequest);
        NetworkViews.Check(request);
        var asked = NetworkViews.ToConfig(request);
        if (asked.Scope == "swarm")
        {
            var id = await cluster.CreateAsync(network.Configure(asked), http.RequestAborted);
            await http.WriteJsonAsync(
                new Api.NetworkCreateResponse { Id = id }, Json.NetworkCreateResponse, StatusCodes.Status201Created);
            return;
        }

        var made = await network.CreateNetworkAsync(asked, http.RequestAborted);
        engine.Events.Publish("network", "create", made.Id, Attributes(made));
        await http.WriteJsonAsync(
            new Api.NetworkCreateResponse { Id = made.Id }, Json.NetworkCreateResponse, StatusCodes.Status201Created);
    }

    private async Task RemoveAsync(HttpContext http)
    {
        await RemoveAsync(await FindAnyAsync(http), http.RequestAborted);
        http.NoContent();
    }

    private async Task RemoveAsync(NetworkConfig one, CancellationToken cancellationToken)
    {
        if (one.Scope == "swarm")
        {
            await cluster.RemoveAsync(one.Id, cancellationToken);
            return;
        }

        await network.RemoveNetworkAsync(one.Id, cancellationToken);
        engine.Events.Publish("network", "destroy", one.Id, Attributes(one));
    }

    private async Task UpdateAsync(HttpContext http)
    {
        var request = await http.ReadJsonAsync(Json.NetworkUpdateRequest);
        var one = await FindAnyAsync(http);
        if (one.Scope != "swarm")
            throw EngineException.Invalid(
                $"network {one.Name} is one of this node alone, which is not changed; make another");
        await cluster.UpdateAsync(one.Id, request, http.RequestAborted);
        http.NoContent();
    }

    private async Task ConnectAsync(HttpContext http)
    {
        var request = await http.ReadJsonAsync(Json.NetworkConnectRequest);
        var endpoint = CreateMapping.Endpoint(http.Route("id"), request.EndpointConfig);
        await engine.ConnectAsync(request.Container, endpoint, http.RequestAborted);
    }

    private async Task DisconnectAsync(HttpContext http)
    {
        var request = await http.ReadJsonAsync(Json.NetworkDisconnectRequest);
        await engine.DisconnectAsync(request.Container, http.Route("id"), request.Force, http.RequestAborted);
    }

    private async Task PruneAsync(HttpContext http)
    {
        var filters = http.Filters("label", "label!", "until");
        var own = network.ListNetworks().Where(one => one.Scope == "local" && !IsUsed(one));
        // Who uses one of the cluster's only the cluster knows: it refuses to remove that one.
        var all = (await cluster.ListAsync(http.RequestAborted)).Concat(own);
        var unused = all.Where(one => NetworkPrune.MayGo(one)
            && PruneFilter.Matches(filters, one.Labels, one.Created, context.Time));
        var gone = await NetworkPrune.RemoveAsync([.. unused], one => RemoveAsync(one, http.RequestAborted));
        engine.Events.Pruned("network", 0);

        await http.WriteJsonAsync(
            new Api.NetworksPruneReport { NetworksDeleted = gone }, Json.NetworksPruneReport);
    }

    /// <summary>The node's own first, as docker has it; <c>scope=swarm</c> asks for the cluster's alone.</summary>
    private async Task<NetworkConfig> FindAnyAsync(HttpContext http)
    {
        var reference = http.Route("id");
        var own = http.Query("scope") == "swarm" ? null : network.FindNetwork(reference);
        if (own is { Scope: "local" }) return own;
        return await cluster.FindAsync(own?.Id ?? reference, http.RequestAborted) ?? own
            ?? throw new EngineException(
                EngineError.NotFound, NetworkViews.NotFound(reference, isHere: network.FindNetwork(reference) is { Scope: "local" }));
    }

    private bool IsUsed(NetworkConfig one) => engine.List().Any(record =>
        record.State.IsUp && record.Connections.Any(connection => connection.NetworkName == one.Name));

    private Dictionary<string, Api.EndpointResource> Members(NetworkConfig one) => network.ListEndpoints(one.Id)
        .ToDictionary(endpoint => endpoint.ContainerId, endpoint => new Api.EndpointResource
        {
            Name = engine.Find(endpoint.ContainerId)?.Name ?? "",
            EndpointID = endpoint.EndpointId,
            MacAddress = endpoint.Mac,
            IPv4Address = endpoint.IPv4,
            IPv6Address = endpoint.IPv6 ?? "",
        });

    private static Dictionary<string, string> Attributes(NetworkConfig one) =>
        new() { ["name"] = one.Name, ["type"] = one.Driver };
}
