using Grpc.Core;

namespace Orchestrator.Grpc.Server;

/// <summary>The requests of a call.</summary>
internal sealed class ServerStreamReader<TRequest, TResponse>(ServerCall<TRequest, TResponse> call)
    : IAsyncStreamReader<TRequest>
    where TRequest : class
    where TResponse : class
{
    private TRequest? _current;

    public TRequest Current => _current ?? throw new InvalidOperationException("There is no current message.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        _current = null;
        var ended = call.Context.Ended;
        using var linked = cancellationToken.CanBeCanceled && cancellationToken != ended
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ended)
            : null;
        _current = await call.ReadAsync(linked?.Token ?? ended);
        return _current is not null;
    }
}
