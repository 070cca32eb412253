using System.Runtime.CompilerServices;
using Orchestrator.Store;

namespace Orchestrator.Manager.Tests.CertificateAuthority;

/// <summary>The log of a manager that follows: it takes nothing itself and names the leader.</summary>
internal sealed class FollowerLog(LogMember? leader) : IReplicatedLog
{
    public LeadershipStatus Status { get; } = new(LogRole.Follower, 2, false, leader, 99, 1, 1);

    public Task<ulong> ProposeAsync(Func<ulong, ReadOnlyMemory<byte>> sequence, CancellationToken cancellationToken) =>
        Task.FromException<ulong>(new NotLeaderException(leader));

    public Task<ulong> ReadBarrierAsync(CancellationToken cancellationToken) => Task.FromResult(1UL);

    public async IAsyncEnumerable<LeadershipStatus> WatchLeadershipAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Status;
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
