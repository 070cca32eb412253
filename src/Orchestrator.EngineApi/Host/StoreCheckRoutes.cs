using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.EngineApi.Http;

namespace Orchestrator.EngineApi.Host;

/// <summary>Whether all that is stored is whole. A route of ours: docker has none.</summary>
internal sealed class StoreCheckRoutes(EngineApiContext context)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/system/check", AnswerAsync);

    private async Task AnswerAsync(HttpContext http)
    {
        var found = await context.Engine.Images.CheckAsync(http.Flag("repair"), http.RequestAborted);
        await http.WriteJsonAsync(
            new Api.StoreCheck
            {
                Blobs = found.Blobs,
                Bytes = found.Bytes,
                Images = found.Images,
                Layers = found.Layers,
                Faults = [.. found.Faults.Select(f => new Api.StoreCheckFault { What = f.What, Remedy = f.Remedy })],
                Removed = found.Removed,
            },
            Api.ApiJson.Wire.StoreCheck);
    }
}
