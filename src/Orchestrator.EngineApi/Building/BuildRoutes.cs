using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Build;
using Orchestrator.Build.Cache;
using Orchestrator.Build.Contexts;
using Orchestrator.Build.Execution;
using Orchestrator.Build.Syntax;
using Orchestrator.Build.Syntax.Checks;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Http;

namespace Orchestrator.EngineApi.Building;

/// <summary>Docker's classic builder API.</summary>
internal sealed class BuildRoutes(EngineApiContext context)
{
    private const string OnlyClassic =
        "this daemon speaks the classic builder API only: set DOCKER_BUILDKIT=0 for docker, or build with orch build";

    private readonly ImageBuilder builder = context.Builder;
    private readonly CachePruner caches = new(context.Builder.Store, context.Engine.Images);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/build", BuildAsync);
        routes.MapPost("/build/prune", PruneAsync);
        routes.MapPost("/build/cancel", http => Task.Run(http.NoContent)); // Leaving cancels; there are no ids to cancel by.
        routes.MapPost("/session", _ => throw EngineException.Invalid(OnlyClassic));
        routes.MapPost("/grpc", _ => throw EngineException.Invalid(OnlyClassic));
    }

    private async Task BuildAsync(HttpContext http)
    {
        if (http.Query("version") == "2")
            throw EngineException.Invalid(OnlyClassic);
        http.TakeAnySize();
        var request = new BuildRequest
        {
            Dockerfile = null!, // Read once the context is there.
            Context = "",
            Inputs = BuildQuery.Inputs(http),
            Tags = BuildQuery.Tags(http),
            NoCache = http.Flag("nocache"),
            Pull = http.Flag("pull"),
            CacheFrom = BuildCachePlaces.From(BuildQuery.List(http, "cachefrom")),
            CacheTo = BuildCachePlaces.To(BuildQuery.List(http, "cacheto")),
            StageRepository = BuildQuery.Repository(http, "stagerepo"),
            Secrets = BuildHeaders.Secrets(http),
            SshAgents = BuildHeaders.SshAgents(http),
            NetworkMode = http.Query("networkmode") is { Length: > 0 } mode ? mode : "default",
            Limits = BuildQuery.Limits(http),
            Credentials = BuildLogins.Read(http),
            Squash = http.Flag("squash"),
            AllowsInsecure = http.Request.Query["allow"].Contains("security.insecure"),
            AllowsHostNetwork = http.Request.Query["allow"].Contains("network.host"),
        };
        using var folder = builder.Store.NewFolder();
        var dockerfile = await ReadAsync(http, folder);
        if (BuildChecks.Refusal(dockerfile, BuildChecks.Run(dockerfile, new CheckInputs())) is { } refusal)
            throw EngineException.Invalid(refusal);
        await new BuildStream(http, http.Flag("q")).RunAsync((output, cancellationToken) => builder.BuildAsync(
            request with { Dockerfile = dockerfile, Context = folder.Path }, output, cancellationToken));
    }

    private async Task PruneAsync(HttpContext http)
    {
        var prune = new CachePrune
        {
            All = http.Flag("all"),
            KeepBytes = BuildQuery.Number(http, "keep-storage") is > 0 and var keep
                ? keep : BuildQuery.Number(http, "reserved-space"),
            Matches = CacheFilter.Of(http, context.Time),
        };
        var (gone, bytes) = await caches.PruneAsync(prune, http.RequestAborted);
        await http.WriteJsonAsync(
            new Api.BuildCachePruneReport
            {
                CachesDeleted = [.. gone.Select(item => item.Id)], SpaceReclaimed = (ulong)bytes,
            },
            Api.ApiJson.Wire.BuildCachePruneReport);
    }

    private static async Task<Dockerfile> ReadAsync(HttpContext http, BuildFolder folder)
    {
        var (remote, name) = (http.Query("remote"), http.Query("dockerfile"));
        if (remote.Length == 0)
            await ContextFolder.UnpackAsync(http.Request.Body, folder.Path, http.RequestAborted);
        else if (await RemoteContext.FetchAsync(remote, folder, http.RequestAborted))
            name = ContextFolder.DefaultDockerfile;
        return ContextFolder.ReadDockerfile(folder.Path, name, isSent: remote.Length == 0);
    }
}
