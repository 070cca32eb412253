using System.Runtime.CompilerServices;

namespace Grpc.Core;

/// <summary>A running call of a stream of requests and one response.</summary>
public sealed class AsyncClientStreamingCall<TRequest, TResponse>(
    IClientStreamWriter<TRequest> requestStream,
    Task<TResponse> responseAsync,
    Task<Metadata> responseHeadersAsync,
    Func<Status> getStatusFunc,
    Func<Metadata> getTrailersFunc,
    Action disposeAction) : IDisposable
{
    public IClientStreamWriter<TRequest> RequestStream => requestStream;

    public Task<TResponse> ResponseAsync => responseAsync;

    public TaskAwaiter<TResponse> GetAwaiter() => responseAsync.GetAwaiter();

    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) =>
        responseAsync.ConfigureAwait(continueOnCapturedContext);

    /// <summary>The server's headers. Faulted when the call failed before they came.</summary>
    public Task<Metadata> ResponseHeadersAsync => responseHeadersAsync;

    /// <exception cref="InvalidOperationException">The call is not over yet.</exception>
    public Status GetStatus() => getStatusFunc();

    /// <exception cref="InvalidOperationException">The call is not over yet.</exception>
    public Metadata GetTrailers() => getTrailersFunc();

    /// <summary>Ends the call: cancelled, if it still runs.</summary>
    public void Dispose() => disposeAction();
}
