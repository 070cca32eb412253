using Microsoft.AspNetCore.Routing;
using Orchestrator.Protocol.V1;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>All routes that a cluster answers.</summary>
internal static class ClusterRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ControlCalls control)
    {
        new SwarmRoutes(control).Map(routes);
        new NodeRoutes(control).Map(routes);
        new ServiceRoutes(control).Map(routes);
        new ServiceLogRoutes(control).Map(routes);
        new TaskRoutes(control).Map(routes);
        new PayloadRoutes(control, PayloadKind.Secret).Map(routes);
        new PayloadRoutes(control, PayloadKind.Config).Map(routes);
    }
}
