using System.Collections.Concurrent;
using System.Collections.Immutable;
using Orchestrator.Manager.Roles;
using Orchestrator.Store;
using Orchestrator.Store.Host;

namespace Orchestrator.Manager.Tests.Scenarios;

/// <summary>Members that are only said to be there.</summary>
internal sealed class FakeMembership : IMembership
{
    private readonly ConcurrentQueue<ulong> removed = [];
    private ImmutableArray<LogMemberState> members = [new(SoloLog.Self, IsLeader: true, IsReachable: true)];

    public IReadOnlyList<LogMemberState> Members => members;

    public IEnumerable<ulong> Removed => removed;

    public void Add(LogMember member) => members = members.Add(new(member, IsLeader: false, IsReachable: true));

    public Task RemoveAsync(ulong raftId, CancellationToken cancellationToken)
    {
        removed.Enqueue(raftId);
        members = [.. members.Where(m => m.Member.RaftId != raftId)];
        return Task.CompletedTask;
    }

    public Task TransferAsync(CancellationToken cancellationToken) => throw new MembershipException("there is nobody");
}
