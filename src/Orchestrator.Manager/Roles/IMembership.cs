using Orchestrator.Store.Host;

namespace Orchestrator.Manager.Roles;

/// <summary>The members of the replicated log; the raft host is behind it.</summary>
public interface IMembership
{
    /// <summary>As this member knows them.</summary>
    IReadOnlyList<LogMemberState> Members { get; }

    /// <summary>Takes a member out; the leader only, and not itself.</summary>
    /// <exception cref="MembershipException">Refused: the quorum would be lost.</exception>
    Task RemoveAsync(ulong raftId, CancellationToken cancellationToken);

    /// <summary>Hands leadership to another voter.</summary>
    /// <exception cref="MembershipException">There is none, or it did not take over.</exception>
    Task TransferAsync(CancellationToken cancellationToken);
}

/// <inheritdoc/>
public sealed class RaftMembership(RaftHost host) : IMembership
{
    public IReadOnlyList<LogMemberState> Members => host.Members;

    public Task RemoveAsync(ulong raftId, CancellationToken cancellationToken) =>
        host.RemoveAsync(raftId, cancellationToken);

    public Task TransferAsync(CancellationToken cancellationToken) => host.TransferAsync(target: 0, cancellationToken);
}
