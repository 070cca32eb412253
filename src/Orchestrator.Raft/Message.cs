namespace Orchestrator.Raft;

/// <summary>The numbers are those of the wire.</summary>
public enum MessageKind : byte
{
    /// <summary>"Would you vote for me in this term?" Changes nothing at the voter.</summary>
    PreVote = 1,
    PreVoteReply = 2,
    Vote = 3,
    VoteReply = 4,
    Append = 5,
    AppendReply = 6,
    Heartbeat = 7,
    HeartbeatReply = 8,

    /// <summary>A follower asks the leader for an index that is safe to read at.</summary>
    Read = 9,
    ReadReply = 10,

    /// <summary>Leadership transfer: campaign at once.</summary>
    TimeoutNow = 11,

    /// <summary>"What you miss is no longer in my log; fetch my snapshot." Repeated until it is answered.</summary>
    SnapshotOffer = 12,
}

/// <summary>
/// One message between two members. Loss, repetition, delay and any order are legal. Immutable once handed over.
/// </summary>
public sealed record Message
{
    public required MessageKind Kind { get; init; }

    public required ulong From { get; init; }

    public required ulong To { get; init; }

    /// <summary>The sender's term; in a pre-vote and its grant the term that is being asked for.</summary>
    public required ulong Term { get; init; }

    /// <summary>
    /// Votes: the candidate's last entry. Append: the entry before <see cref="Entries"/>. AppendReply: the highest
    /// index known equal and durable, or the one rejected. Heartbeat: what the leader takes as this follower's match.
    /// Offer: its snapshot's last entry. ReadReply: the index to read at.
    /// </summary>
    public ulong Index { get; init; }

    /// <summary>The term of the entry at <see cref="Index"/>, where that has a meaning.</summary>
    public ulong LogTerm { get; init; }

    /// <summary>The leader's commit index.</summary>
    public ulong Commit { get; init; }

    /// <summary>A vote not given, or an append that does not fit.</summary>
    public bool Reject { get; init; }

    /// <summary>Vote: the leader itself asked for this election, so that nobody need protect it.</summary>
    public bool Transfer { get; init; }

    /// <summary>
    /// Rejected append: the highest entry that may still be common, so that one probe steps over a whole term.
    /// </summary>
    public ulong HintIndex { get; init; }

    public ulong HintTerm { get; init; }

    /// <summary>
    /// Counts the leader's rounds of confirming that it leads; echoed. In Read and its reply: the asker's number.
    /// </summary>
    public ulong ReadSeq { get; init; }

    public IReadOnlyList<Entry> Entries { get; init; } = [];
}
