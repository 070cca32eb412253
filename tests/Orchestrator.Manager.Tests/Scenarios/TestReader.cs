using Grpc.Core;

namespace Orchestrator.Manager.Tests.Scenarios;

/// <summary>A request stream of given messages.</summary>
internal sealed class TestReader<T>(IReadOnlyList<T> messages) : IAsyncStreamReader<T>
{
    private int at = -1;

    public T Current => messages[at];

    public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(++at < messages.Count);
}
