namespace Orchestrator.Raft;

/// <summary>
/// Snapshots. The bytes never pass through here: a leader offers, the follower's host fetches and stores, then tells.
/// </summary>
public sealed partial class RaftCore
{
    /// <summary>
    /// Some follower still needs the entries after this index; to compact them starts a transfer, or another one.
    /// Nobody's need counts once the log weighs more than <see cref="RaftOptions.MaxRetainedBytes"/>.
    /// </summary>
    public ulong CompactionFloor => log.Bytes > options.MaxRetainedBytes ? ulong.MaxValue : peers
        .Where(p => p.State != ProgressState.Probe && IsReachable(p.Id))
        .Select(p => p.State == ProgressState.Snapshot ? p.PendingSnapshot : p.Match)
        .DefaultIfEmpty(ulong.MaxValue).Min();

    /// <summary>A snapshot of the local state is on disk.</summary>
    public void SnapshotTaken(SnapshotMeta meta)
    {
        ArgumentNullException.ThrowIfNull(meta);
        Invariant.Check(meta.Index <= AppliedIndex, "A12: a snapshot ahead of the applied state");
        if (meta.Index > (Snapshot?.Index ?? 0))
            Snapshot = meta;
    }

    /// <summary>Forgets entries up to <paramref name="index"/>. They stay reachable through the snapshot.</summary>
    public void Compact(ulong index)
    {
        Invariant.Check(index <= (Snapshot?.Index ?? 0), "A12: compacting what no snapshot covers");
        index = Math.Min(index, Math.Min(AppliedIndex, log.Durable));
        log.Compact(index);
        memberships.Compact(log.BaseIndex);
    }

    /// <summary>A leader's snapshot is stored durably here; from now on it can be restarted from.</summary>
    public void SnapshotReceived(SnapshotMeta meta)
    {
        ArgumentNullException.ThrowIfNull(meta);
        if (meta.Index > Commit)
            Install(meta);
        AnswerOffer();
    }

    private void Install(SnapshotMeta meta)
    {
        Snapshot = meta;
        if (log.TermAt(meta.Index) == meta.Term)
        {
            // The log has it all: what lies beyond may be acknowledged already and must stay.
            SetCommit(meta.Index);
            return;
        }

        Invariant.Check(Role != RaftRole.Leader, "A5: a leader's log would be replaced");
        if (meta.Term > Term)
            AdoptTerm(meta.Term);
        gate.DropPending();
        log.Reset(meta.Index, meta.Term);
        gate.Truncated(0);
        gate.Changed();
        memberships.Reset(meta.Index, meta.Membership);
        Commit = AppliedIndex = handedToApply = verified = meta.Index;
        restore = reset = meta;
    }

    private void RestartFromSnapshot(SnapshotMeta meta)
    {
        Commit = AppliedIndex = handedToApply = meta.Index;
        memberships.Reset(meta.Index, meta.Membership);
        if (log.TermAt(meta.Index) == meta.Term)
            return;

        // The snapshot was installed, and the crash came before the log took note of it.
        log.Reset(meta.Index, meta.Term);
        reset = meta;
        gate.Changed();
    }

    private void OfferSnapshot(Progress peer)
    {
        Invariant.Check(
            Snapshot is not null && Snapshot.Index >= log.BaseIndex, "A12: entries are gone that no snapshot covers");
        if (!IsReachable(peer.Id))
            return;
        peer.Offer(Snapshot.Index);
        SendOffer(peer);
    }

    private void RepeatOffer(Progress peer)
    {
        if (peer.Match >= log.BaseIndex)
            peer.Resume();
        else
            SendOffer(peer);
    }

    private void SendOffer(Progress peer) =>
        outbox.Add(To(peer.Id, MessageKind.SnapshotOffer) with
        {
            Index = Snapshot!.Index, // Offered only once there is one; it is never given up again.
            LogTerm = Snapshot.Term,
        });

    private void OnSnapshotOffer(Message message)
    {
        HearLeader(message);
        if (message.Index > Commit && log.TermAt(message.Index) == message.LogTerm)
        {
            verified = Math.Max(verified, message.Index);
            SetCommit(message.Index);
        }

        if (message.Index <= Commit)
            AnswerOffer();
        else
            fetch = new(message.From, message.Index, message.LogTerm);
    }

    /// <summary>Tells the leader how far this log now provably agrees with its own.</summary>
    private void AnswerOffer()
    {
        if (Role == RaftRole.Follower && Leader != 0)
            Promise(To(Leader, MessageKind.AppendReply) with { Index = Commit }, Commit);
    }
}
