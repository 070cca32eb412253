using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Daemon.Metrics;

internal static class PrometheusEndpoint
{
    private const string TextFormat = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>
    /// Answers <c>/metrics</c> where the API does not listen: on TCP without TLS nothing else is answered.
    /// </summary>
    public static void UsePrometheus(this IApplicationBuilder app, PrometheusExporter exporter, int port) =>
        app.MapWhen(http => http.Connection.LocalPort == port && http.Connection.LocalIpAddress is not null, metrics =>
            metrics.Run(http =>
            {
                if (http.Request.Path != "/metrics")
                {
                    http.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                }

                http.Response.ContentType = TextFormat;
                return http.Response.WriteAsync(exporter.Write(), http.RequestAborted);
            }));
}
