using Orchestrator.Store;

namespace Orchestrator.Manager.Tests.Scenarios;

/// <summary>A log that turns some proposals away while it leads, as one that hands its leadership over does.</summary>
internal sealed class RefusingLog(IReplicatedLog inner) : IReplicatedLog
{
    private int refusals;

    public LeadershipStatus Status => inner.Status;

    public void Refuse(int proposals) => Volatile.Write(ref refusals, proposals);

    public Task<ulong> ProposeAsync(Func<ulong, ReadOnlyMemory<byte>> sequence, CancellationToken cancellationToken) =>
        Interlocked.Decrement(ref refusals) >= 0
            ? Task.FromException<ulong>(new NotLeaderException(null))
            : inner.ProposeAsync(sequence, cancellationToken);

    public Task<ulong> ReadBarrierAsync(CancellationToken cancellationToken) =>
        inner.ReadBarrierAsync(cancellationToken);

    public IAsyncEnumerable<LeadershipStatus> WatchLeadershipAsync(CancellationToken cancellationToken) =>
        inner.WatchLeadershipAsync(cancellationToken);
}
