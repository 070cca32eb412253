using Microsoft.AspNetCore.Http;

namespace Orchestrator.EngineApi.Http;

/// <summary>What every answer of a docker daemon carries: clients negotiate the version by it.</summary>
internal sealed class ApiHeaders(RequestDelegate next, EngineApiContext context)
{
    public Task InvokeAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers["Api-Version"] = Api.ApiJson.ApiVersion;
        headers["Ostype"] = "linux";
        headers["Docker-Experimental"] = "false";
        headers.Server = $"Orch/{context.Facts.Version} (linux)";
        return next(http);
    }
}
