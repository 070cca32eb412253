using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Engine;
using Orchestrator.Engine.Containers;
using Orchestrator.EngineApi.Http;
using Orchestrator.EngineApi.Swarm;

namespace Orchestrator.EngineApi.Host;

/// <summary>What the daemon says of itself and its host.</summary>
internal sealed class SystemRoutes(EngineApiContext context)
{
    private readonly ContainerEngine engine = context.Engine;
    private readonly HostInfo host = new();
    private readonly SwarmInfoSource swarm = new(context.Cluster);

    private static Api.ApiJson Json => Api.ApiJson.Wire;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/_ping", ["GET", "HEAD"], PingAsync);
        routes.MapGet("/version", VersionAsync);
        routes.MapGet("/info", InfoAsync);
    }

    private async Task PingAsync(HttpContext http)
    {
        http.Response.Headers["Builder-Version"] = "1";
        http.Response.Headers["Swarm"] = SwarmWord(swarm.Brief);
        http.Response.Headers.CacheControl = "no-cache, no-store, must-revalidate";
        http.Response.Headers.Pragma = "no-cache";
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.ContentLength = 2;
        if (HttpMethods.IsGet(http.Request.Method))
            await http.Response.WriteAsync("OK", http.RequestAborted);
    }

    private static string SwarmWord(Api.Swarm.SwarmInfo info) => info.LocalNodeState != "active"
        ? info.LocalNodeState : info.ControlAvailable ? "active/manager" : "active/worker";

    private Task VersionAsync(HttpContext http) => http.WriteJsonAsync(
        new Api.VersionInfo
        {
            Platform = new() { Name = "orch" },
            Components =
            [
                new()
                {
                    Name = "Engine",
                    Version = context.Facts.Version,
                    Details = new()
                    {
                        ["ApiVersion"] = Api.ApiJson.ApiVersion,
                        ["Arch"] = HostInfo.Architecture,
                        ["MinAPIVersion"] = Api.ApiJson.MinApiVersion,
                        ["Os"] = "linux",
                        ["KernelVersion"] = host.KernelVersion,
                        ["GoVersion"] = RuntimeInformation.FrameworkDescription,
                        ["GitCommit"] = context.Facts.Commit,
                        ["BuildTime"] = context.Facts.Built,
                        ["Experimental"] = "false",
                    },
                },
            ],
            Version = context.Facts.Version,
            ApiVersion = Api.ApiJson.ApiVersion,
            MinAPIVersion = Api.ApiJson.MinApiVersion,
            GoVersion = RuntimeInformation.FrameworkDescription,
            Os = "linux",
            Arch = HostInfo.Architecture,
            KernelVersion = host.KernelVersion,
            GitCommit = context.Facts.Commit,
            BuildTime = context.Facts.Built,
        },
        Json.VersionInfo);

    private async Task InfoAsync(HttpContext http)
    {
        var states = engine.List().CountBy(record => record.State.Status).ToDictionary();
        var (all, running, paused) = (
            states.Values.Sum(), states.GetValueOrDefault(ContainerStatus.Running),
            states.GetValueOrDefault(ContainerStatus.Paused));
        var info = host.Describe(context);
        info.Containers = all;
        info.ContainersRunning = running;
        info.ContainersPaused = paused;
        info.ContainersStopped = all - running - paused;
        info.Images = engine.Images.List().Length;
        info.SystemTime = Api.UtcTimeConverter.Format(context.Time.GetUtcNow());
        info.Swarm = await swarm.DescribeAsync(http.RequestAborted);
        await http.WriteJsonAsync(info, Json.SystemInfo);
    }
}
