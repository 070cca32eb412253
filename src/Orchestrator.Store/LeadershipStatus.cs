namespace Orchestrator.Store;

/// <summary>What a member of the replicated log is at the moment.</summary>
public enum LogRole
{
    /// <summary>Not started, stopped, or no part of the membership.</summary>
    None,

    /// <summary>Receives the log but has no vote; joining.</summary>
    Learner,
    Follower,
    Candidate,
    Leader,
}

/// <summary>One member's view of who leads.</summary>
/// <param name="Role">This member's role.</param>
/// <param name="Term">Its current term; never falls.</param>
/// <param name="IsLeader">Leads, and has applied an entry of its own term: proposals are taken and reads are
/// current.</param>
/// <param name="Leader">The member believed to lead; null while unknown.</param>
/// <param name="SelfId">This member's raft id.</param>
/// <param name="CommitIndex">Highest index known committed.</param>
/// <param name="AppliedIndex">Highest index applied here.</param>
public sealed record LeadershipStatus(
    LogRole Role, ulong Term, bool IsLeader, LogMember? Leader, ulong SelfId, ulong CommitIndex, ulong AppliedIndex)
{
    public static LeadershipStatus None { get; } = new(LogRole.None, 0, false, null, 0, 0, 0);
}

/// <summary>One member of the replicated log.</summary>
/// <param name="RaftId">Random, used once: a member that joins again does so under a new one.</param>
/// <param name="NodeId">The cluster's id of the node it runs on.</param>
/// <param name="Address">Where its peers dial it, as <c>host:port</c>.</param>
/// <param name="IsVoter">False for a learner.</param>
public sealed record LogMember(ulong RaftId, string NodeId, string Address, bool IsVoter);
