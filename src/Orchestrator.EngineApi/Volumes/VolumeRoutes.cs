using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Engine;
using Orchestrator.Engine.Volumes;
using Orchestrator.EngineApi.Containers;
using Orchestrator.EngineApi.Http;
using Orchestrator.Linux.Files;

namespace Orchestrator.EngineApi.Volumes;

/// <summary>Local volumes.</summary>
internal sealed class VolumeRoutes(EngineApiContext context)
{
    private static readonly Version AnonymousOnlySince = new(1, 42);

    private readonly ContainerEngine engine = context.Engine;
    private readonly VolumeStore volumes = context.Engine.Volumes;

    private static Api.ApiJson Json => Api.ApiJson.Wire;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/volumes", ListAsync);
        routes.MapPost("/volumes/create", CreateAsync);
        routes.MapPost("/volumes/prune", PruneAsync);
        routes.MapGet("/volumes/{name}", InspectAsync);
        routes.MapDelete("/volumes/{name}", RemoveAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        var filters = http.Filters("dangling", "driver", "label", "name");
        var shown = volumes.List().Where(volume => Matches(filters, volume));
        await http.WriteJsonAsync(
            new Api.VolumeListResponse { Volumes = [.. shown.Select(View)] }, Json.VolumeListResponse);
    }

    private async Task CreateAsync(HttpContext http)
    {
        var request = await http.TryReadJsonAsync(Json.VolumeCreateRequest) ?? new Api.VolumeCreateRequest();
        if (request.Driver is not (null or "" or "local" or "default"))
            throw new EngineException(
                EngineError.NotFound, $"error looking up volume plugin {request.Driver}: plugin not found; use local");
        var volume = volumes.Create(request.Name ?? "", request.Labels, request.DriverOpts);
        await http.WriteJsonAsync(View(volume), Json.Volume, StatusCodes.Status201Created);
    }

    private Task InspectAsync(HttpContext http) => http.WriteJsonAsync(
        View(volumes.Find(http.Route("name"))
            ?? throw new EngineException(EngineError.NotFound, $"get {http.Route("name")}: no such volume")),
        Json.Volume);

    private Task RemoveAsync(HttpContext http)
    {
        var name = http.Route("name");
        volumes.Remove(name, UsersOf(name), http.Flag("force"));
        http.NoContent();
        return Task.CompletedTask;
    }

    private async Task PruneAsync(HttpContext http)
    {
        var filters = http.Filters("all", "label", "label!");
        // Before API 1.42 a prune took named volumes too.
        var all = filters.Truth("all") ?? http.ApiVersion() < AnonymousOnlySince;
        var gone = new List<string>();
        var bytes = 0L;
        foreach (var volume in volumes.List().Where(volume => all || volume.Anonymous))
        {
            if (UsersOf(volume.Name).Count > 0
                || !PruneFilter.Matches(filters, volume.Labels, volume.Created, context.Time))
                continue;
            bytes += TreeSize.Of(volumes.PathOf(volume.Name));
            volumes.Remove(volume.Name, [], force: true);
            gone.Add(volume.Name);
        }

        engine.Events.Pruned("volume", bytes);
        await http.WriteJsonAsync(
            new Api.VolumesPruneReport { VolumesDeleted = [.. gone], SpaceReclaimed = (ulong)bytes },
            Json.VolumesPruneReport);
    }

    private bool Matches(Api.Filters filters, VolumeRecord volume) =>
        filters["label"].All(label => ContainerFilter.HasLabel(volume.Labels, label))
        && (!filters.Has("name") || filters["name"].Any(name => volume.Name.Contains(name, StringComparison.Ordinal)))
        && (!filters.Has("driver") || filters["driver"].Contains(VolumeRecord.Driver))
        && (filters.Truth("dangling") is not { } dangling || dangling == (UsersOf(volume.Name).Count == 0));

    private List<string> UsersOf(string name) =>
        [.. engine.List().Where(record => record.Mounts.Any(mount => mount.Name == name)).Select(record => record.Id)];

    private Api.Volume View(VolumeRecord volume) => VolumeViews.Of(volume, volumes.PathOf(volume.Name));
}
