namespace Orchestrator.Store;

#pragma warning disable CA1032 // Each says one thing; a message without its subject would not help.

/// <summary>This member does not lead. Nothing was done.</summary>
public sealed class NotLeaderException(LogMember? leader)
    : Exception(leader is null
        ? "The cluster has no leader at the moment; try again in a few seconds."
        : $"This manager is not the leader; the leader is {leader.NodeId} at {leader.Address}.")
{
    /// <summary>Where to go instead; null while unknown.</summary>
    public LogMember? Leader { get; } = leader;
}

/// <summary>A limit on waiting work is reached. Nothing was done; the call may be repeated later.</summary>
public sealed class LogBusyException(string reason)
    : Exception($"The manager is overloaded ({reason}); try again later.");

/// <summary>
/// Leadership was lost after an entry was appended: it may have been committed, or may yet be, or never.
/// </summary>
public sealed class ProposalUnknownException(ulong index)
    : Exception("The manager lost its leadership while the change was under way; check whether it took effect.")
{
    /// <summary>Where the entry was appended.</summary>
    public ulong Index { get; } = index;
}

/// <summary>
/// The log has stopped, on request or because it could not go on safely; the inner exception tells which.
/// </summary>
public sealed class LogStoppedException(Exception? reason)
    : Exception(
        reason is null ? "The replicated log has stopped." : $"The replicated log has stopped: {reason.Message}",
        reason);
