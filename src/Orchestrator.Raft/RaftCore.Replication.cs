namespace Orchestrator.Raft;

/// <summary>The log's way from leader to followers, and what counts as committed.</summary>
public sealed partial class RaftCore
{
    private readonly List<Progress> peers = []; // Sorted by id: everything here happens in the same order in every run.
    private ulong firstOfTerm;
    private long uncommittedBytes;

    /// <summary>
    /// The last index at the previous heartbeat and the one before: what "caught up" means for a learner.
    /// </summary>
    private ulong roundLast;
    private ulong previousRoundLast;

    /// <summary>Appends one entry, if this member leads.</summary>
    public Proposal Propose(ReadOnlyMemory<byte> data)
    {
        var refusal = WhyNoProposal();
        if (refusal != Refusal.None)
            return new(refusal, Term, 0);
        AppendOwn(EntryKind.Command, data);
        return new(Refusal.None, Term, log.LastIndex);
    }

    /// <summary>Whether <see cref="Propose"/> would be refused by now, and why.</summary>
    public Refusal WhyNoProposal() =>
        Role != RaftRole.Leader ? Refusal.NotLeader
        : transferee != 0 ? Refusal.Transferring
        : uncommittedBytes >= options.MaxUncommittedBytes ? Refusal.Busy
        : Refusal.None;

    /// <summary>The transport lost what was queued for a peer.</summary>
    public void Unreachable(ulong peer) => FindPeer(peer)?.Lost();

    private Progress? FindPeer(ulong id) => peers.Find(p => p.Id == id);

    private void ClearLeaderState()
    {
        peers.Clear();
        ballots.Clear();
        transferee = 0;
        uncommittedBytes = 0;
    }

    /// <summary>A progress for each other member in force, and for nobody else.</summary>
    private void SyncPeers()
    {
        peers.RemoveAll(p => Membership.Find(p.Id) is null);
        foreach (var member in Membership.Members)
        {
            if (member.Id != Self && FindPeer(member.Id) is null)
                peers.Add(new Progress(member.Id, Math.Max(1, log.LastIndex), now));
        }

        peers.Sort((a, b) => a.Id.CompareTo(b.Id));
    }

    private void AppendOwn(EntryKind kind, ReadOnlyMemory<byte> data)
    {
        Invariant.Check(Role == RaftRole.Leader, "A5: only a leader makes entries");
        var entry = new Entry(Term, log.LastIndex + 1, kind, data);
        log.Append(entry);
        uncommittedBytes += entry.Weight;
        NoteConfig(entry);
    }

    /// <summary>Sends what there is to send: one message a peer, or several while a window has room.</summary>
    private void ReplicateToAll()
    {
        foreach (var peer in peers)
        {
            while (peer.Next <= log.LastIndex && peer.CanSend(options) && SendAppend(peer))
            {
            }

            if (peer.State == ProgressState.Replicate && peer.SentCommit < Commit)
                SendAppend(peer, empty: true);
        }
    }

    /// <summary>False: it needs entries that are gone.</summary>
    private bool SendAppend(Progress peer, bool empty = false)
    {
        var previous = peer.Next - 1;
        if (log.TermAt(previous) is not { } previousTerm)
        {
            OfferSnapshot(peer);
            return false;
        }

        var entries = empty ? [] : log.Slice(peer.Next, log.LastIndex, options.MaxAppendBytes);
        outbox.Add(To(peer.Id, MessageKind.Append) with
        {
            Index = previous, LogTerm = previousTerm, Entries = entries, Commit = Commit, ReadSeq = readSeq,
        });
        peer.SentCommit = Commit;
        if (!empty)
            peer.Sent(previous + (ulong)entries.Length, entries.Sum(e => e.Weight));
        return true;
    }

    private void SendHeartbeats()
    {
        (previousRoundLast, roundLast) = (roundLast, log.LastIndex);
        foreach (var peer in peers)
        {
            SendHeartbeat(peer);
            if (peer.State == ProgressState.Snapshot)
                RepeatOffer(peer);
        }

        ContinueTransfer();
    }

    private void SendHeartbeat(Progress peer) =>
        outbox.Add(To(peer.Id, MessageKind.Heartbeat) with { Index = peer.Match, Commit = Commit, ReadSeq = readSeq });

    /// <summary>The leader of our term spoke. Refreshes the timer whatever it said.</summary>
    private void HearLeader(Message message)
    {
        Invariant.Check(Role != RaftRole.Leader, "A2: two leaders in one term");
        Invariant.Check(Leader == 0 || Leader == message.From, "A2: two leaders in one term");
        if (Role != RaftRole.Follower || Leader == 0)
            BecomeFollower(message.From);
        lastLeaderContact = now;
        electionElapsed = 0;
    }

    private void OnAppend(Message message)
    {
        HearLeader(message);
        if (message.Index < Commit)
            Promise(AppendReply(message, Commit), Commit);
        else if (log.TermAt(message.Index) == message.LogTerm)
            AcceptEntries(message);
        else
            RejectAppend(message);
    }

    private void AcceptEntries(Message message)
    {
        var last = message.Index + (ulong)message.Entries.Count;
        foreach (var entry in message.Entries)
        {
            if (log.TermAt(entry.Index) == entry.Term)
                continue;
            if (entry.Index <= log.LastIndex)
                TruncateFrom(entry.Index);
            log.Append(entry);
            NoteConfig(entry);
        }

        verified = Math.Max(verified, last);
        AdvanceFollowerCommit(message.Commit);
        Promise(AppendReply(message, last), last);
    }

    private Message AppendReply(Message request, ulong index) =>
        To(request.From, MessageKind.AppendReply) with { Index = index, ReadSeq = request.ReadSeq };

    private void TruncateFrom(ulong index)
    {
        Invariant.Check(index > Commit, "A4: a committed entry would be truncated");
        log.TruncateFrom(index);
        gate.Truncated(log.LastIndex);
        memberships.TruncateFrom(index);
    }

    private void RejectAppend(Message message)
    {
        var common = log.FindLastAtMost(message.Index, message.LogTerm);
        Promise(AppendReply(message, message.Index) with
        {
            Reject = true,
            HintIndex = common,
            HintTerm = log.TermAt(common)!.Value, // FindLastAtMost stays between base and last.
        });
    }

    private void OnHeartbeat(Message message)
    {
        HearLeader(message);
        if (message.Index > log.LastIndex)
            throw new StateLostException(message.Index, log.LastIndex);

        // What the leader takes as our match, we proved to it in this term.
        verified = Math.Max(verified, message.Index);
        AdvanceFollowerCommit(message.Commit);
        outbox.Add(To(message.From, MessageKind.HeartbeatReply) with { ReadSeq = message.ReadSeq });
    }

    /// <summary>A peer's number is never taken beyond what its own appends have shown to be common.</summary>
    private void AdvanceFollowerCommit(ulong leaderCommit) =>
        SetCommit(Math.Max(Commit, Math.Min(leaderCommit, verified)));

    private void OnAppendReply(Message reply)
    {
        if (Heard(reply) is not { } peer)
            return;
        if (reply.Reject)
            peer.Rejected(reply.Index, log.FindLastAtMost(reply.HintIndex, reply.HintTerm));
        else if (reply.Index <= log.LastIndex && peer.Acknowledged(reply.Index))
        {
            AdvanceLeaderCommit();
            ContinueTransfer();
        }
    }

    private void OnHeartbeatReply(Message reply)
    {
        if (Heard(reply) is not { } peer)
            return;
        peer.ProbeSent = false;
        if (peer.State == ProgressState.Probe)
            SendAppend(peer);

        // All that is under way to it may be lost. An empty append at the end of what was sent finds out, window or no
        // window.
        if (peer.State == ProgressState.Replicate && peer.Match < log.LastIndex && peer.Next > peer.Match + 1)
            SendAppend(peer, empty: true);
    }

    /// <summary>
    /// Whoever answers in this term confirms that nobody else leads it; its echo confirms that for waiting reads.
    /// </summary>
    private Progress? Heard(Message reply)
    {
        if (Role != RaftRole.Leader || FindPeer(reply.From) is not { } peer)
            return null;
        peer.LastHeard = now;
        peer.ReadEcho = Math.Max(peer.ReadEcho, Math.Min(reply.ReadSeq, readSeq));
        return peer;
    }

    /// <summary>
    /// What a quorum has on disk is committed, if it is of this term; older entries follow along. Counting those by
    /// themselves could commit what a later leader still overwrites (dissertation, figure 3.7).
    /// </summary>
    private void AdvanceLeaderCommit()
    {
        var matches = Membership.Members.Where(m => m.IsVoter).Select(m => MatchOf(m.Id)).OrderDescending().ToArray();
        if (matches.Length == 0)
            return;
        var candidate = matches[Membership.Quorum - 1];
        if (candidate > Commit && log.TermAt(candidate) == Term)
            SetCommit(candidate);
        LeaveIfRemoved();
    }

    private ulong MatchOf(ulong id) => id == Self ? log.Durable : FindPeer(id)?.Match ?? 0;

    private void SetCommit(ulong index)
    {
        Invariant.Check(index >= Commit && index <= log.LastIndex, "A6: commit falls or passes the log's end");
        if (Role == RaftRole.Leader)
        {
            for (var i = Commit + 1; i <= index; i++)
                uncommittedBytes -= log[i].Weight;
            uncommittedBytes = Math.Max(0, uncommittedBytes); // Entries of earlier terms were never counted.
        }

        Commit = index;
    }
}
