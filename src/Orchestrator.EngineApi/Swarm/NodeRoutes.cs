using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.EngineApi.Http;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Protocol.V1;
using Task = System.Threading.Tasks.Task;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>/nodes.</summary>
internal sealed class NodeRoutes(ControlCalls control)
{
    private static Api.ApiJson Json => Api.ApiJson.Wire;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/nodes", ListAsync);
        routes.MapGet("/nodes/{id}", InspectAsync);
        routes.MapPost("/nodes/{id}/update", UpdateAsync);
        routes.MapDelete("/nodes/{id}", RemoveAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        var filters = http.Filters("id", "label", "membership", "name", "node.label", "role");
        var request = new ListNodesRequest
        {
            Ids = { filters["id"] },
            Names = { filters["name"] },
            Roles = { filters["role"] },
            Memberships = { filters["membership"] },
            Labels = { filters["node.label"] },
        };
        var response = await control.CallAsync(c => c.ListNodesAsync(request, cancellationToken: http.RequestAborted));
        var nodes = response.Nodes.Select(static n => n.ToModel())
            .Where(node => filters["label"].All(label => Matches(node.Description?.EngineLabels, label)));
        await http.WriteJsonAsync([.. nodes.Select(ObjectViews.Of)], Json.NodeArray);
    }

    private async Task InspectAsync(HttpContext http) =>
        await http.WriteJsonAsync(ObjectViews.Of((await GetAsync(http)).ToModel()), Json.Node);

    private async Task UpdateAsync(HttpContext http)
    {
        var spec = ClusterViews.Read(await http.ReadJsonAsync(Json.NodeSpec));
        var node = await GetAsync(http);
        await control.CallAsync(c => c.UpdateNodeAsync(
            new UpdateNodeRequest { Id = node.Id, Version = http.Version(), Spec = spec.ToProto() },
            cancellationToken: http.RequestAborted));
    }

    private async Task RemoveAsync(HttpContext http)
    {
        var node = await GetAsync(http);
        await control.CallAsync(c => c.RemoveNodeAsync(
            new RemoveNodeRequest { Id = node.Id, Force = http.Flag("force") },
            cancellationToken: http.RequestAborted));
    }

    private async Task<Node> GetAsync(HttpContext http) => (await control.CallAsync(c => c.GetNodeAsync(
        new GetNodeRequest { Reference = http.Route("id") }, cancellationToken: http.RequestAborted))).Node;

    /// <summary>docker's <c>label</c> filter is on the engine's labels; the spec's are <c>node.label</c>.</summary>
    private static bool Matches(ImmutableSortedDictionary<string, string>? labels, string wanted)
    {
        var equals = wanted.IndexOf('=', StringComparison.Ordinal);
        var key = equals < 0 ? wanted : wanted[..equals];
        return labels?.TryGetValue(key, out var value) == true && (equals < 0 || value == wanted[(equals + 1)..]);
    }
}
