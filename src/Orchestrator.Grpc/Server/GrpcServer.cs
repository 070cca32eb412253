using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orchestrator.Grpc.Server;

/// <summary>Maps services onto endpoints.</summary>
internal sealed class GrpcServer(
    IOptions<GrpcServiceOptions> options, ILoggerFactory loggers, IServiceProvider services)
{
    private readonly ILogger _log = loggers.CreateLogger("Grpc.AspNetCore.Server");
    private bool _fallbackMapped;

    public GrpcServiceEndpointConventionBuilder MapType<TService>(IEndpointRouteBuilder builder)
        where TService : class
    {
        var binder = new TypeBinder<TService>(
            new EndpointMapper(builder, OptionsOf<TService>(), _log, typeof(TService)));
        binder.BindAll();
        return Finish(builder, binder.Mapper);
    }

    public GrpcServiceEndpointConventionBuilder MapInstance(
        IEndpointRouteBuilder builder, ServerServiceDefinition definition)
    {
        var mapper = new EndpointMapper(builder, options.Value, _log, serviceType: null);
        definition.BindService(new InstanceBinder(mapper));
        return Finish(builder, mapper);
    }

    private GrpcServiceEndpointConventionBuilder Finish(IEndpointRouteBuilder builder, EndpointMapper mapper)
    {
        if (!_fallbackMapped)
            UnimplementedEndpoint.Map(builder);
        _fallbackMapped = true;
        return new GrpcServiceEndpointConventionBuilder(mapper.Endpoints);
    }

    /// <summary>A service's options begin as those of all, then its own changes are made.</summary>
    private GrpcServiceOptions<TService> OptionsOf<TService>()
        where TService : class
    {
        var common = options.Value;
        var own = new GrpcServiceOptions<TService>
        {
            MaxReceiveMessageSize = common.MaxReceiveMessageSize,
            MaxSendMessageSize = common.MaxSendMessageSize,
            EnableDetailedErrors = common.EnableDetailedErrors,
            ResponseCompressionAlgorithm = common.ResponseCompressionAlgorithm,
            ResponseCompressionLevel = common.ResponseCompressionLevel,
        };
        foreach (var change in services.GetServices<IConfigureOptions<GrpcServiceOptions<TService>>>())
            change.Configure(own);
        return own;
    }
}
