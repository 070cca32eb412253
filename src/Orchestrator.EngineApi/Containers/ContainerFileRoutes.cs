using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Engine;
using Orchestrator.Engine.Files;
using Orchestrator.EngineApi.Http;

namespace Orchestrator.EngineApi.Containers;

/// <summary>The files of containers: changes, copies in and out, the whole, an image of it.</summary>
internal sealed class ContainerFileRoutes(EngineApiContext context)
{
    private const string TarType = "application/x-tar";

    private readonly ContainerEngine engine = context.Engine;

    private static Api.ApiJson Json => Api.ApiJson.Wire;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/containers/{id}/changes", ChangesAsync);
        routes.MapGet("/containers/{id}/export", ExportAsync);
        routes.MapMethods("/containers/{id}/archive", ["HEAD"], StatAsync);
        routes.MapGet("/containers/{id}/archive", ReadAsync);
        routes.MapPut("/containers/{id}/archive", WriteAsync);
        routes.MapPost("/commit", CommitAsync);
    }

    private Task ChangesAsync(HttpContext http)
    {
        var changes = engine.Files.Changes(http.Route("id"))
            .Select(change => new Api.FilesystemChange { Path = change.Path, Kind = (int)change.Kind });
        return http.WriteJsonAsync([.. changes], Json.FilesystemChangeArray);
    }

    private Task ExportAsync(HttpContext http)
    {
        engine.Inspect(http.Route("id")); // Before the first byte, while an error can still be one.
        http.Response.ContentType = TarType;
        return engine.Files.ExportAsync(http.Route("id"), http.Response.Body, http.RequestAborted);
    }

    private async Task StatAsync(HttpContext http) =>
        Tell(http, await engine.Files.StatAsync(http.Route("id"), PathOf(http), http.RequestAborted));

    private Task ReadAsync(HttpContext http) => engine.Files.ReadAsync(
        http.Route("id"), PathOf(http),
        found =>
        {
            Tell(http, found);
            http.Response.ContentType = TarType;
            return Task.FromResult(http.Response.Body);
        },
        http.RequestAborted);

    private Task WriteAsync(HttpContext http)
    {
        http.TakeAnySize();
        return engine.Files.WriteAsync(
            http.Route("id"), PathOf(http), http.Request.Body,
            new UnpackOptions(http.Flag("noOverwriteDirNonDir"), http.Flag("copyUIDGID")), http.RequestAborted);
    }

    private async Task CommitAsync(HttpContext http)
    {
        var (repository, tag) = (http.Query("repo"), http.Query("tag"));
        var request = new CommitRequest(
            repository.Length == 0 ? null : tag.Length == 0 ? repository : $"{repository}:{tag}",
            http.Query("author"), http.Query("comment"), http.Flag("pause", otherwise: true),
            [.. http.Request.Query["changes"].OfType<string>()]);
        var id = await engine.CommitAsync(http.Query("container"), request, http.RequestAborted);
        await http.WriteJsonAsync(
            new Api.IdResponse { Id = id.ToString() }, Json.IdResponse, StatusCodes.Status201Created);
    }

    private static string PathOf(HttpContext http) => http.Query("path") is { Length: > 0 } path
        ? path
        : throw EngineException.Invalid("Bad parameters (path cannot be empty)");

    private static void Tell(HttpContext http, PathStatus found)
    {
        var stat = new Api.PathStat
        {
            Name = found.Name,
            Size = found.Size,
            Mode = found.Mode,
            Modified = found.Modified,
            LinkTarget = found.LinkTarget,
        };
        http.Response.Headers[Api.PathStat.Header] =
            Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(stat, Json.PathStat));
    }
}
