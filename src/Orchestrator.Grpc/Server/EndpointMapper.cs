using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Grpc.Server;

/// <summary>Makes one endpoint a method.</summary>
internal sealed class EndpointMapper(
    IEndpointRouteBuilder builder, GrpcServiceOptions options, ILogger log, Type? serviceType)
{
    private readonly List<IEndpointConventionBuilder> _endpoints = [];

    public IReadOnlyList<IEndpointConventionBuilder> Endpoints => _endpoints;

    /// <param name="method">Gives the path and the marshallers.</param>
    /// <param name="invoke">Reads what it needs of the request, runs the handler, writes the responses.</param>
    public void Map<TRequest, TResponse>(
        Method<TRequest, TResponse> method, Func<ServerCall<TRequest, TResponse>, Task> invoke)
        where TRequest : class
        where TResponse : class
    {
        var terms = new ServerTerms(options);
        RequestDelegate serve = http => ServerCallRunner.RunAsync(http, method, terms, log, invoke);
        _endpoints.Add(builder
            .MapPost(method.FullName, serve)
            .WithDisplayName("gRPC - " + method.FullName)
            .WithMetadata(new GrpcMethodMetadata(serviceType, method)));
    }
}
