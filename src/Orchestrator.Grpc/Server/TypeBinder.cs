using System.Reflection;
using Grpc.Core;

namespace Orchestrator.Grpc.Server;

/// <summary>Maps the methods of a service type; each call runs on an instance from DI.</summary>
internal sealed class TypeBinder<TService>(EndpointMapper mapper) : ServiceBinderBase
    where TService : class
{
    public EndpointMapper Mapper => mapper;

    /// <summary>Asks the generated code for the methods: it tells a binder of each when given no instance.</summary>
    public void BindAll()
    {
        var attribute = typeof(TService).GetCustomAttribute<BindServiceMethodAttribute>(inherit: true)
            ?? throw new InvalidOperationException(
                $"{typeof(TService).Name} is no gRPC service: derive it from the generated base class.");
        var bind = attribute.BindType
            .GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            .Single(method => method.Name == attribute.BindMethodName
                && method.GetParameters() is [{ ParameterType: var first }, _] && first == typeof(ServiceBinderBase));
        bind.Invoke(null, [this, null]);
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = Find<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>(method);
        mapper.Map(method, call => OnInstanceAsync(call, service =>
            call.UnaryAsync((request, context) => invoke(service, request, context))));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = Find<Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>(method);
        mapper.Map(method, call => OnInstanceAsync(call, service =>
            call.ClientStreamingAsync((requests, context) => invoke(service, requests, context))));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = Find<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method);
        mapper.Map(method, call => OnInstanceAsync(call, service =>
            call.ServerStreamingAsync((request, responses, context) => invoke(service, request, responses, context))));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = Find<Func<
            TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method);
        mapper.Map(method, call => OnInstanceAsync(call, service =>
            call.DuplexStreamingAsync(
                (requests, responses, context) => invoke(service, requests, responses, context))));
    }

    private static async Task OnInstanceAsync<TRequest, TResponse>(
        ServerCall<TRequest, TResponse> call, Func<TService, Task> run)
        where TRequest : class
        where TResponse : class
    {
        var services = call.Context.HttpContext.RequestServices;
        if (services.GetService(typeof(TService)) is TService shared)
        {
            await run(shared);
            return;
        }

        var own = Activate(services);
        try
        {
            await run(own);
        }
        finally
        {
            if (own is IAsyncDisposable asyncDisposable)
                await asyncDisposable.DisposeAsync();
            else
                (own as IDisposable)?.Dispose();
        }
    }

    private static TService Activate(IServiceProvider services) =>
        (TService)(_factory ??= Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateFactory(
            typeof(TService), Type.EmptyTypes))(services, null);

    private static Microsoft.Extensions.DependencyInjection.ObjectFactory? _factory;

    /// <summary>
    /// The handler as a delegate that takes its instance first; overrides are found by virtual dispatch.
    /// </summary>
    private static TDelegate Find<TDelegate>(IMethod method)
        where TDelegate : Delegate
    {
        var arguments = typeof(TDelegate).GetGenericArguments();
        var parameters = arguments[1..^1];
        var found = typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)
            ?? throw new InvalidOperationException($"{typeof(TService).Name} has no method for {method.FullName}.");
        return found.CreateDelegate<TDelegate>();
    }
}
