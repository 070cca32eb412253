using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Orchestrator.EngineApi.Building;
using Orchestrator.EngineApi.Containers;
using Orchestrator.EngineApi.Host;
using Orchestrator.EngineApi.Http;
using Orchestrator.EngineApi.Images;
using Orchestrator.EngineApi.Networks;
using Orchestrator.EngineApi.Swarm;
using Orchestrator.EngineApi.Volumes;

namespace Orchestrator.EngineApi;

/// <summary>Docker Engine API 1.44, with the swarm routes.</summary>
public static class EngineApiRoutes
{
    /// <summary>Version prefix, common headers and error bodies; goes before routing.</summary>
    public static IApplicationBuilder UseEngineApi(this IApplicationBuilder app, EngineApiContext context)
    {
        app.UseMiddleware<ApiHeaders>(context);
        app.UseMiddleware<ApiErrors>();
        app.UseMiddleware<ApiVersionPrefix>();
        app.UseWebSockets(new WebSocketOptions());
        return app;
    }

    public static void MapEngineApi(this IEndpointRouteBuilder routes, EngineApiContext context)
    {
        new SystemRoutes(context).Map(routes);
        new EventRoutes(context).Map(routes);
        new DiskUsageRoutes(context).Map(routes);
        new StoreCheckRoutes(context).Map(routes);
        new RegistryAccountRoutes(context).Map(routes);
        new ContainerRoutes(context).Map(routes);
        new ContainerFileRoutes(context).Map(routes);
        new ContainerStreamRoutes(context).Map(routes);
        new ContainerStatsRoutes(context).Map(routes);
        new ExecRoutes(context).Map(routes);
        new ImageRoutes(context).Map(routes);
        new ImageTransferRoutes(context).Map(routes);
        new RegistryRoutes(context).Map(routes);
        new BuildRoutes(context).Map(routes);
        var control = new ControlCalls(context.Cluster);
        new NetworkDoctorRoutes(context).Map(routes);
        new NetworkRoutes(context, new ClusterNetworks(control)).Map(routes);
        new PipeRoutes(context).Map(routes);
        ClusterRoutes.Map(routes, control);
        new VolumeRoutes(context).Map(routes);
        routes.MapFallback("{**path}", NotHere.AnswerAsync); // The default leaves out what looks like a file.
    }
}
