using Microsoft.AspNetCore.Http;

namespace Orchestrator.EngineApi.Http;

/// <summary>Answers for what no route takes.</summary>
internal static class NotHere
{
    public static Task AnswerAsync(HttpContext http) =>
        ApiErrors.AnswerAsync(http, StatusCodes.Status404NotFound, "page not found");
}
