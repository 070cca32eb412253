using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Model;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>/secrets and /configs: an honest no.</summary>
internal static class SecretRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.Map("/secrets/{**rest}", static http => Refuse(http, "secrets are"));
        routes.Map("/configs/{**rest}", static http => Refuse(http, "configs are"));
    }

    private static Task Refuse(HttpContext http, string what) => throw new UserException(
        ErrorCode.Unsupported, $"{what} not supported by this version of orchd.",
        "Mount a file, or pass an environment variable.");
}
