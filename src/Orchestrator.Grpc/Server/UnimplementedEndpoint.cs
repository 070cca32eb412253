using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Server;

/// <summary>Answers calls of methods nobody serves.</summary>
internal static class UnimplementedEndpoint
{
    public static void Map(IEndpointRouteBuilder builder) =>
        builder.MapPost("{grpcService}/{grpcMethod}", (RequestDelegate)Answer)
            .WithDisplayName("gRPC - unimplemented")
            .Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);

    private static Task Answer(HttpContext http)
    {
        if (!WireNames.IsGrpc(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        http.Response.ContentType = WireNames.ContentType;
        StatusHeaders.Write(
            http.Response.Headers,
            new Status(StatusCode.Unimplemented, $"Nobody here serves {http.Request.Path}."),
            Metadata.Empty);
        return Task.CompletedTask;
    }
}
