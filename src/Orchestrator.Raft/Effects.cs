namespace Orchestrator.Raft;

/// <summary>
/// What the host must do now. Made by <see cref="RaftCore.Drain"/>; the order of the properties is a good order.
/// </summary>
public sealed class Effects
{
    /// <summary>
    /// May leave at once. What must wait for the disk is held back in the core until <see cref="RaftCore.Appended"/>.
    /// </summary>
    public List<Message> Messages { get; } = [];

    /// <summary>
    /// To be written and synced as one; never more than one is under way. Then call <see cref="RaftCore.Appended"/>.
    /// </summary>
    public AppendBatch? Append { get; internal set; }

    /// <summary>
    /// A snapshot now replaces all state; restore it, then call <see cref="RaftCore.Applied"/> with its index.
    /// </summary>
    public SnapshotMeta? Restore { get; internal set; }

    /// <summary>
    /// Committed and on this disk; to be applied in this order. Then call <see cref="RaftCore.Applied"/>.
    /// </summary>
    public IReadOnlyList<Entry> Apply { get; internal set; } = [];

    /// <summary>Reads that are safe once the state has reached their index.</summary>
    public List<ReadGrant> Reads { get; } = [];

    /// <summary>Tickets of reads that will get no answer: leadership moved.</summary>
    public List<ulong> FailedReads { get; } = [];

    /// <summary>
    /// A leader offers its snapshot: fetch it, store it durably, call <see cref="RaftCore.SnapshotReceived"/>. May
    /// repeat.
    /// </summary>
    public SnapshotSource? Fetch { get; internal set; }

    public bool IsEmpty => Messages.Count == 0 && Append is null && Restore is null && Apply.Count == 0
        && Reads.Count == 0 && FailedReads.Count == 0 && Fetch is null;
}

/// <summary>One atomic write.</summary>
/// <param name="Token">Names it in <see cref="RaftCore.Appended"/>.</param>
/// <param name="HardState">Always whole, changed or not.</param>
/// <param name="CommitHint">Known committed by now, and contained in the log once this is written.</param>
/// <param name="Reset">Set: the log now begins after this snapshot, and what it held is void.</param>
/// <param name="Entries">Contiguous; they replace whatever the log holds from the first one's index on.</param>
public sealed record AppendBatch(
    ulong Token, HardState HardState, ulong CommitHint, SnapshotMeta? Reset, IReadOnlyList<Entry> Entries);

/// <summary>
/// The read named <paramref name="Ticket"/> sees all it must see once <paramref name="Index"/> is applied.
/// </summary>
public readonly record struct ReadGrant(ulong Ticket, ulong Index);

/// <summary>Who has a snapshot, and at least up to where.</summary>
public readonly record struct SnapshotSource(ulong Peer, ulong Index, ulong Term);

/// <summary>Why the core did not do what it was asked.</summary>
public enum Refusal
{
    None,
    NotLeader,

    /// <summary>Leadership is being handed over.</summary>
    Transferring,

    /// <summary>Too many bytes are uncommitted.</summary>
    Busy,

    /// <summary>The previous membership change is not committed, or nothing of this term is yet.</summary>
    ChangePending,
    UnknownMember,
    AlreadyMember,

    /// <summary>The id was a member once; a node that comes back takes a new one.</summary>
    RemovedMember,

    /// <summary>A leader does not remove or demote itself: it hands over first.</summary>
    IsLeader,

    /// <summary>Too few of the remaining voters answer to form a quorum.</summary>
    WouldLoseQuorum,

    /// <summary>The learner is too far behind to vote, or silent.</summary>
    NotCaughtUp,
}

/// <summary>What became of a proposal.</summary>
public readonly record struct Proposal(Refusal Refusal, ulong Term, ulong Index)
{
    public bool Accepted => Refusal == Refusal.None;
}

public enum RaftRole
{
    Follower,
    PreCandidate,
    Candidate,
    Leader,
}
