using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Grpc.Server;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts gRPC services on routes.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>Serves <typeparamref name="TService"/>, taken from DI or made anew for each call.</summary>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class =>
        Server(builder).MapType<TService>(builder);

    /// <summary>Serves an instance: <c>Greeter.BindService(new GreeterService())</c>.</summary>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService(
        this IEndpointRouteBuilder builder, ServerServiceDefinition serviceDefinition) =>
        Server(builder).MapInstance(builder, serviceDefinition);

    private static GrpcServer Server(IEndpointRouteBuilder builder) =>
        builder.ServiceProvider.GetService<GrpcServer>()
        ?? throw new InvalidOperationException("gRPC is not registered: call services.AddGrpc() first.");
}
