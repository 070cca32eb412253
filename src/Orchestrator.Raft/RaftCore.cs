namespace Orchestrator.Raft;

/// <summary>
/// The consensus algorithm of one member as a state machine: inputs are method calls, outputs are what
/// <see cref="Drain"/>
/// returns. No clock, no I/O, no thread: one owner calls it, and the same calls give the same outputs.
/// </summary>
/// <remarks>
/// The host's loop: feed inputs, drain, then send messages, write the batch, restore or apply; report each write's end
/// with
/// <see cref="Appended"/> and each apply with <see cref="Applied"/>. Raft is Ongaro's dissertation (2014);
/// docs/design/raft.md says where this differs from it and why.
/// </remarks>
public sealed partial class RaftCore
{
    private readonly RaftOptions options;
    private readonly RaftRandom random;
    private readonly RaftLog log;
    private readonly MembershipHistory memberships = new();
    private readonly DurabilityGate gate = new();
    private readonly List<Message> outbox = [];
    private ulong now;
    private ulong lastLeaderContact;
    private int electionElapsed;
    private int electionTimeout;

    /// <summary>
    /// Highest index that the leader of the current term proved to be in both logs; commit may not pass it.
    /// </summary>
    private ulong verified;
    private ulong handedToApply;
    private SnapshotMeta? restore;
    private SnapshotMeta? reset;
    private SnapshotSource? fetch;

    /// <summary>Starts from what storage found; a follower until proved otherwise.</summary>
    /// <param name="self">This member's id; not 0.</param>
    /// <param name="options">Must be free of <see cref="RaftOptions.Faults"/>.</param>
    /// <param name="recovered">Disk content; every part of it counts as durable.</param>
    /// <param name="seed">Of the election jitter. Two members must not have the same.</param>
    /// <exception cref="ArgumentException">The options are not usable.</exception>
    /// <exception cref="FormatException">A membership in the log cannot be read.</exception>
    public RaftCore(ulong self, RaftOptions options, RecoveredLog recovered, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(recovered);
        if (options.Faults().FirstOrDefault() is { } fault)
            throw new ArgumentException(fault, nameof(options));
        Self = self;
        this.options = options;
        random = new RaftRandom(seed);
        log = new RaftLog(recovered);
        Snapshot = recovered.Snapshot;
        if (Snapshot is not null)
            RestartFromSnapshot(Snapshot);
        Term = Math.Max(recovered.HardState.Term, Math.Max(log.LastTerm, Snapshot?.Term ?? 0));
        Vote = Term == recovered.HardState.Term ? recovered.HardState.Vote : 0;
        foreach (var entry in recovered.Entries.Where(
            e => e.Index > (Snapshot?.Index ?? 0) && e.Index <= log.LastIndex))
            NoteConfig(entry);
        Commit = Math.Max(Commit, Math.Min(recovered.CommitHint, log.LastIndex));
        ResetElectionTimer();
        readBatch = random.Next();
        if (Membership.VoterCount == 1 && Membership.IsVoter(self))
            electionElapsed = electionTimeout; // Nobody to wait for.
    }

    public ulong Self { get; }

    public RaftRole Role { get; private set; }

    public ulong Term { get; private set; }

    /// <summary>Who got this member's vote in <see cref="Term"/>; 0 for nobody.</summary>
    public ulong Vote { get; private set; }

    /// <summary>Who leads in <see cref="Term"/>; 0 while unknown.</summary>
    public ulong Leader { get; private set; }

    public ulong Commit { get; private set; }

    public ulong AppliedIndex { get; private set; }

    public ulong LastIndex => log.LastIndex;

    public ulong LastTerm => log.LastTerm;

    /// <summary>The last index of the log that is known to be on this disk.</summary>
    public ulong DurableIndex => log.Durable;

    /// <summary>The entry before the first one held.</summary>
    public ulong BaseIndex => log.BaseIndex;

    /// <summary>The newest snapshot that this member can offer.</summary>
    public SnapshotMeta? Snapshot { get; private set; }

    /// <summary>In force: the newest in the log, committed or not.</summary>
    public Membership Membership => memberships.Current;

    public Membership CommittedMembership => memberships.At(Commit);

    /// <summary>Leads, and has applied an entry of its own term: only now is its state known to be current.</summary>
    public bool IsReady => Role == RaftRole.Leader && AppliedIndex >= firstOfTerm;

    /// <summary>The term of an entry still held, or of the base; null outside.</summary>
    public ulong? TermAt(ulong index) => log.TermAt(index);

    public Entry EntryAt(ulong index) => log[index];

    /// <summary>The membership as of <paramref name="index"/>: what a snapshot there must carry.</summary>
    public Membership MembershipAt(ulong index) => memberships.At(index);

    /// <summary>Time has moved by one tick.</summary>
    public void Tick()
    {
        now++;
        if (Role == RaftRole.Leader)
            TickLeader();
        else
            TickFollower();
    }

    /// <summary>A message arrived. Any message, at any time, is legal; what makes no sense changes nothing.</summary>
    /// <exception cref="RaftInvariantException">Two leaders in one term, or the like: stop.</exception>
    /// <exception cref="StateLostException">
    /// The leader holds a receipt for entries that this disk no longer has.
    /// </exception>
    public void Receive(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.To != Self || CommittedMembership.IsRemoved(message.From))
            return;
        switch (message.Kind)
        {
            case MessageKind.PreVote:
                OnPreVote(message);
                break;
            case MessageKind.PreVoteReply:
                OnPreVoteReply(message);
                break;
            case MessageKind.Vote when IsLoyalAgainst(message):
                // Its term is not even looked at: a node that hears no leader must not unseat one that others hear.
                break;
            default:
                if (message.Term > Term)
                    AdoptTerm(message.Term);
                if (message.Term < Term)
                    AnswerFromThePast(message);
                else
                    Dispatch(message);
                break;
        }
    }

    /// <summary>A write that <see cref="Drain"/> handed out is on disk. In the order they were handed out.</summary>
    public void Appended(ulong token)
    {
        gate.Completed(token, log);
        foreach (var message in gate.Release(log))
        {
            if (message.To == Self)
                Dispatch(message);
            else
                outbox.Add(message);
        }

        if (Role == RaftRole.Leader)
            AdvanceLeaderCommit();
    }

    /// <summary>The state now contains everything up to <paramref name="index"/>.</summary>
    public void Applied(ulong index)
    {
        Invariant.Check(index <= handedToApply, "A6: applied beyond what was handed out");
        AppliedIndex = Math.Max(AppliedIndex, index);
    }

    /// <summary>What is to be done by now. Call after each batch of inputs.</summary>
    public Effects Drain()
    {
        if (Role == RaftRole.Leader)
        {
            ConfirmReads();
            ReplicateToAll();
        }

        var effects = new Effects { Restore = restore, Fetch = fetch };
        effects.Messages.AddRange(outbox);
        outbox.Clear();
        (restore, fetch) = (null, null);
        effects.Append = gate.NextBatch(this, log, options.MaxBatchBytes, ref reset);
        effects.Apply = NextToApply();
        effects.Reads.AddRange(grantedReads);
        grantedReads.Clear();
        effects.FailedReads.AddRange(failedReads);
        failedReads.Clear();
        return effects;
    }

    private Entry[] NextToApply()
    {
        // Never above what is on this disk: a crash must not take back what the state has shown.
        var end = Math.Min(Commit, log.Durable);
        if (end <= handedToApply)
            return [];
        var entries = log.Slice(handedToApply + 1, end, options.MaxApplyBytes);
        handedToApply = entries[^1].Index;
        return entries;
    }

    private void Dispatch(Message message)
    {
        if (message.Term != Term)
            return;
        switch (message.Kind)
        {
            case MessageKind.Vote: OnVote(message); break;
            case MessageKind.VoteReply: OnVoteReply(message); break;
            case MessageKind.Append: OnAppend(message); break;
            case MessageKind.AppendReply: OnAppendReply(message); break;
            case MessageKind.Heartbeat: OnHeartbeat(message); break;
            case MessageKind.HeartbeatReply: OnHeartbeatReply(message); break;
            case MessageKind.Read: OnRead(message); break;
            case MessageKind.ReadReply: OnReadReply(message); break;
            case MessageKind.TimeoutNow: OnTimeoutNow(message); break;
            case MessageKind.SnapshotOffer: OnSnapshotOffer(message); break;
            default: break;
        }
    }

    /// <summary>
    /// The sender lives in an older term. One that thinks it leads, or asks for a vote, is told; the rest is noise.
    /// </summary>
    private void AnswerFromThePast(Message message)
    {
        if (message.Kind is MessageKind.Append or MessageKind.Heartbeat or MessageKind.SnapshotOffer)
            Promise(To(message.From, MessageKind.AppendReply) with { Reject = true });
        else if (message.Kind == MessageKind.Vote)
            Promise(To(message.From, MessageKind.VoteReply) with { Reject = true });
    }

    private void AdoptTerm(ulong term)
    {
        Invariant.Check(term > Term, "A1: the term falls");
        (Term, Vote) = (term, 0);
        verified = 0;
        gate.DropPending(); // Answers of the old term interest nobody any more.
        gate.Changed();
        BecomeFollower(leader: 0);
    }

    private void BecomeFollower(ulong leader)
    {
        if (Role != RaftRole.Follower)
            ResetElectionTimer();
        if (Role != RaftRole.Follower || Leader != leader)
            FailReads();
        Role = RaftRole.Follower;
        Leader = leader;
        ClearLeaderState();
    }

    private void ResetElectionTimer()
    {
        electionElapsed = 0;
        electionTimeout = options.ElectionTicks + random.Below(options.ElectionTicks);
    }

    private Message To(ulong peer, MessageKind kind) => new() { Kind = kind, From = Self, To = peer, Term = Term };

    /// <summary>Sends once term and vote, as they are now, and the log up to an index are on disk.</summary>
    private void Promise(Message reply, ulong logIndex = 0)
    {
        if (gate.IsOpen(logIndex, log))
            outbox.Add(reply);
        else
            gate.Hold(reply, logIndex);
    }
}
