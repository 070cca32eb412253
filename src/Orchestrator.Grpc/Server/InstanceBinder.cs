using Grpc.Core;

namespace Orchestrator.Grpc.Server;

/// <summary>Maps methods whose handlers belong to an instance made beforehand.</summary>
internal sealed class InstanceBinder(EndpointMapper mapper) : ServiceBinderBase
{
    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        mapper.Map(method, call => call.UnaryAsync(handler!));

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        mapper.Map(method, call => call.ClientStreamingAsync(handler!));

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        mapper.Map(method, call => call.ServerStreamingAsync(handler!));

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        mapper.Map(method, call => call.DuplexStreamingAsync(handler!));
}
