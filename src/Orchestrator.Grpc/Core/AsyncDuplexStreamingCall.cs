namespace Grpc.Core;

/// <summary>A running call with a stream each way.</summary>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse>(
    IClientStreamWriter<TRequest> requestStream,
    IAsyncStreamReader<TResponse> responseStream,
    Task<Metadata> responseHeadersAsync,
    Func<Status> getStatusFunc,
    Func<Metadata> getTrailersFunc,
    Action disposeAction) : IDisposable
{
    public IClientStreamWriter<TRequest> RequestStream => requestStream;

    public IAsyncStreamReader<TResponse> ResponseStream => responseStream;

    /// <summary>The server's headers. Faulted when the call failed before they came.</summary>
    public Task<Metadata> ResponseHeadersAsync => responseHeadersAsync;

    /// <exception cref="InvalidOperationException">The call is not over yet.</exception>
    public Status GetStatus() => getStatusFunc();

    /// <exception cref="InvalidOperationException">The call is not over yet.</exception>
    public Metadata GetTrailers() => getTrailersFunc();

    /// <summary>Ends the call: cancelled, if it still runs.</summary>
    public void Dispose() => disposeAction();
}
