using Grpc.Core;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Server;

/// <summary>The four shapes of a call on the server, over one reader and one writer.</summary>
internal sealed class ServerCall<TRequest, TResponse>(
    HttpServerCallContext context, Method<TRequest, TResponse> method, ServerTerms terms, MessageEncoding? encoding)
    : IDisposable
    where TRequest : class
    where TResponse : class
{
    private readonly MessageReader _requests =
        new(context.HttpContext.Request.BodyReader, terms.MaxReceiveBytes, encoding);

    private readonly ServerStreamWriter<TResponse> _responses =
        new(context, method.ResponseMarshaller, terms.MaxSendBytes);

    public HttpServerCallContext Context => context;

    public async Task UnaryAsync(UnaryServerMethod<TRequest, TResponse> handler) =>
        WriteOnly(await handler(await ReadOnlyAsync(), context));

    public async Task ClientStreamingAsync(ClientStreamingServerMethod<TRequest, TResponse> handler) =>
        WriteOnly(await handler(Reader(), context));

    public async Task ServerStreamingAsync(ServerStreamingServerMethod<TRequest, TResponse> handler) =>
        await handler(await ReadOnlyAsync(), _responses, context);

    public Task DuplexStreamingAsync(DuplexStreamingServerMethod<TRequest, TResponse> handler) =>
        handler(Reader(), _responses, context);

    public void Dispose() => _responses.Dispose();

    /// <summary>The next request; null when the client has sent its last.</summary>
    public async ValueTask<TRequest?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _requests.ReadAsync(method.RequestMarshaller, cancellationToken);
        }
        catch (IOException)
        {
            // A client that resets its stream has cancelled the call; that is no error here.
            context.Cancel();
            throw new OperationCanceledException("The client cancelled the call.", context.Ended);
        }
    }

    private ServerStreamReader<TRequest, TResponse> Reader() => new(this);

    private async ValueTask<TRequest> ReadOnlyAsync()
    {
        var request = await ReadAsync(context.Ended)
            ?? throw new RpcException(new Status(StatusCode.Internal, "The request has no message."));
        if (await ReadAsync(context.Ended) is not null)
            throw new RpcException(new Status(StatusCode.Internal, "The request has more than one message."));
        return request;
    }

    /// <summary>Not flushed: the response leaves in one piece with its trailers.</summary>
    private void WriteOnly(TResponse response)
    {
        if (response is null)
            throw new RpcException(new Status(StatusCode.Cancelled, "The handler returned no message."));
        context.Ended.ThrowIfCancellationRequested();
        _responses.Write(response);
    }
}
