using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Engine;
using Orchestrator.Engine.Containers;
using Orchestrator.EngineApi.Http;
using Orchestrator.EngineApi.Images;

namespace Orchestrator.EngineApi.Containers;

/// <summary>Containers from creation to removal.</summary>
internal sealed class ContainerRoutes(EngineApiContext context)
{
    private static readonly string[] ListFilters =
    [
        "ancestor", "before", "exited", "expose", "health", "id", "is-task", "isolation", "label", "name", "network",
        "publish", "since", "status", "volume",
    ];

    private readonly ContainerEngine engine = context.Engine;

    private static Api.ApiJson Json => Api.ApiJson.Wire;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/containers/json", ListAsync);
        routes.MapPost("/containers/create", CreateAsync);
        routes.MapPost("/containers/prune", PruneAsync);
        routes.MapGet("/containers/{id}/json", InspectAsync);
        routes.MapGet("/containers/{id}/top", TopAsync);
        routes.MapPost("/containers/{id}/start", StartAsync);
        routes.MapPost("/containers/{id}/stop", StopAsync);
        routes.MapPost("/containers/{id}/restart", RestartAsync);
        routes.MapPost("/containers/{id}/kill", KillAsync);
        routes.MapPost("/containers/{id}/pause", PauseAsync);
        routes.MapPost("/containers/{id}/unpause", UnpauseAsync);
        routes.MapPost("/containers/{id}/rename", RenameAsync);
        routes.MapPost("/containers/{id}/update", UpdateAsync);
        routes.MapPost("/containers/{id}/resize", ResizeAsync);
        routes.MapPost("/containers/{id}/wait", WaitAsync);
        routes.MapDelete("/containers/{**id}", RemoveAsync); // The name of a link has a slash in it.
    }

    private async Task ListAsync(HttpContext http)
    {
        var all = engine.List();
        var filter = new ContainerFilter(
            http.Filters(ListFilters), all, name => engine.Images.TryFind(name)?.Id.ToString());
        var limit = http.Number("limit") is > 0 and var n ? n : int.MaxValue;
        var stopped = http.Flag("all") || limit != int.MaxValue || filter.IncludesStopped;
        var now = context.Time.GetUtcNow();
        var aliases = all.SelectMany(linker => linker.Links, (linker, link) => (linker, link))
            .ToLookup(one => one.link.ContainerId, one => $"/{one.linker.Name}/{one.link.Alias}");
        var shown = all.Where(
            record => stopped || record.State.IsUp || record.State.Status == ContainerStatus.Restarting)
            .Where(filter.Matches).Take(limit).Select(View);
        await http.WriteJsonAsync([.. shown], Json.ContainerSummaryArray);

        Api.ContainerSummary View(ContainerRecord record)
        {
            var view = ContainerViews.Summary(record, now, aliases[record.Id]);
            return http.Flag("size") ? view.WithSize(record, engine) : view;
        }
    }

    private async Task CreateAsync(HttpContext http)
    {
        var request = await http.ReadJsonAsync(Json.CreateContainerRequest);
        var spec = CreateMapping.ToSpec(request);
        if (http.Query("platform") is { Length: > 0 } platform)
            PlatformCheck.Check(spec.Image, engine.Images.TryFind(spec.Image), [platform]);
        var created = await engine.CreateAsync(spec, http.Query("name"), http.RequestAborted);
        await http.WriteJsonAsync(
            new Api.CreateContainerResponse { Id = created.Id, Warnings = [.. created.Warnings] },
            Json.CreateContainerResponse, StatusCodes.Status201Created);
    }

    private Task InspectAsync(HttpContext http)
    {
        var record = engine.Inspect(http.Route("id"));
        var view = ContainerViews.Inspect(record, engine);
        return http.WriteJsonAsync(
            http.Flag("size") ? view.WithSize(record, engine) : view, Json.ContainerInspect);
    }

    private async Task TopAsync(HttpContext http)
    {
        var table = await engine.TopAsync(http.Route("id"), http.Query("ps_args"), http.RequestAborted);
        await http.WriteJsonAsync(
            new Api.TopResponse
            {
                Titles = [.. table.Titles],
                Processes = [.. table.Rows.Select(row => row.ToArray())],
            },
            Json.TopResponse);
    }

    private async Task StartAsync(HttpContext http)
    {
        await engine.StartAsync(http.Route("id"), http.RequestAborted);
        http.NoContent();
    }

    private async Task StopAsync(HttpContext http)
    {
        await engine.StopAsync(http.Route("id"), Grace(http), NullIfEmpty(http.Query("signal")), http.RequestAborted);
        http.NoContent();
    }

    private async Task RestartAsync(HttpContext http)
    {
        await engine.RestartAsync(
            http.Route("id"), Grace(http), NullIfEmpty(http.Query("signal")), http.RequestAborted);
        http.NoContent();
    }

    private async Task KillAsync(HttpContext http)
    {
        await engine.KillAsync(http.Route("id"), NullIfEmpty(http.Query("signal")) ?? "SIGKILL", http.RequestAborted);
        http.NoContent();
    }

    private async Task PauseAsync(HttpContext http)
    {
        await engine.PauseAsync(http.Route("id"), http.RequestAborted);
        http.NoContent();
    }

    private async Task UnpauseAsync(HttpContext http)
    {
        await engine.UnpauseAsync(http.Route("id"), http.RequestAborted);
        http.NoContent();
    }

    private async Task RenameAsync(HttpContext http)
    {
        if (http.Query("name").Length == 0)
            throw EngineException.Invalid("Neither old nor new names may be empty");
        await engine.RenameAsync(http.Route("id"), http.Query("name"), http.RequestAborted);
        http.NoContent();
    }

    private async Task UpdateAsync(HttpContext http)
    {
        var request = await http.ReadJsonAsync(Json.ContainerUpdateRequest);
        HostRefusals.CheckLimits(request);
        var policy = request.RestartPolicy is { Name.Length: > 0 } wanted ? HostMapping.Policy(wanted) : null;
        var warnings = await engine.UpdateAsync(
            http.Route("id"), ResourceMapping.ToSpec(request), policy, http.RequestAborted);
        await http.WriteJsonAsync(
            new Api.ContainerUpdateResponse { Warnings = [.. warnings] }, Json.ContainerUpdateResponse);
    }

    private async Task ResizeAsync(HttpContext http) =>
        await engine.ResizeAsync(http.Route("id"), http.Number("h") ?? 0, http.Number("w") ?? 0, http.RequestAborted);

    /// <summary>
    /// The head goes out at once: a client that has it knows its wait is counted, and may start the container.
    /// </summary>
    private async Task WaitAsync(HttpContext http)
    {
        var condition = http.Query("condition") switch
        {
            "" or "not-running" => WaitCondition.NotRunning,
            "next-exit" => WaitCondition.NextExit,
            "removed" => WaitCondition.Removed,
            var other => throw EngineException.Invalid($"invalid condition: \"{other}\""),
        };
        var waiting = engine.WaitAsync(http.Route("id"), condition, http.RequestAborted);
        http.Response.ContentType = "application/json";
        await http.Response.StartAsync(http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        var exit = await waiting;
        // No Error: that is for a wait that failed. Why a start failed is the start's answer.
        await http.WriteLineAsync(new Api.WaitResponse { StatusCode = exit.ExitCode }, Json.WaitResponse);
    }

    private async Task RemoveAsync(HttpContext http)
    {
        if (http.Flag("link"))
            await engine.RemoveLinkAsync(http.Route("id"), http.RequestAborted);
        else
            await engine.RemoveAsync(http.Route("id"), http.Flag("force"), http.Flag("v"), http.RequestAborted);
        http.NoContent();
    }

    private async Task PruneAsync(HttpContext http)
    {
        var filters = http.Filters("label", "label!", "until");
        var removed = new List<string>();
        var bytes = 0L;
        foreach (var record in engine.List().Where(record => IsPrunable(record, filters)))
        {
            try
            {
                var size = engine.SizeOf(record);
                await engine.RemoveAsync(record.Id, force: false, volumes: false, http.RequestAborted);
                removed.Add(record.Id);
                bytes += size;
            }
            catch (EngineException)
            {
                // Started or removed meanwhile: then it is not for pruning.
            }
        }

        engine.Events.Pruned("container", bytes);
        await http.WriteJsonAsync(
            new Api.ContainersPruneReport { ContainersDeleted = [.. removed], SpaceReclaimed = (ulong)bytes },
            Json.ContainersPruneReport);
    }

    private bool IsPrunable(ContainerRecord record, Api.Filters filters) =>
        record.State.Status is ContainerStatus.Created or ContainerStatus.Exited or ContainerStatus.Dead
        && PruneFilter.Matches(filters, record.Process.Labels, record.Created, context.Time);

    private static TimeSpan? Grace(HttpContext http) =>
        http.Number("t") is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
