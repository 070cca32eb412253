using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Orchestrator.Grpc.Tests;

/// <summary>A server that calls itself gRPC and answers with whatever bytes it is given, then status OK.</summary>
internal static class RawBodies
{
    public static void MapPostBytes(this IEndpointRouteBuilder app, string service, Func<byte[]> body) =>
        app.MapPost("/" + service + "/{method}", async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.WriteAsync(body());
            http.Response.AppendTrailer("grpc-status", "0");
        });
}
