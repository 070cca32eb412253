using Microsoft.AspNetCore.Http;

namespace Orchestrator.EngineApi.Http;

/// <summary>Answers for what no route takes.</summary>
internal static class NotHere
{
    private static readonly string[] SwarmRoots = ["/swarm", "/nodes", "/services", "/tasks", "/secrets", "/configs"];

    public static Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path;
        return SwarmRoots.Any(root => path.StartsWithSegments(root, StringComparison.Ordinal))
            ? ApiErrors.AnswerAsync(http, StatusCodes.Status503ServiceUnavailable,
                "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.")
            : ApiErrors.AnswerAsync(http, StatusCodes.Status404NotFound, "page not found");
    }
}
