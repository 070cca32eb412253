namespace Orchestrator.Raft;

/// <summary>Changes of membership, a voter at a time, and the handing over of leadership.</summary>
public sealed partial class RaftCore
{
    private ulong transferee;
    private ulong transferStarted;

    /// <summary>Whom leadership is being handed to; 0 for nobody.</summary>
    public ulong TransferTarget => transferee;

    /// <summary>Appends a changed membership, in force at once.</summary>
    public Proposal ProposeChange(MembershipChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var (next, refusal) = CheckChange(change);
        if (next is null)
            return new(refusal, Term, 0);
        AppendOwn(EntryKind.Config, next.Encode());
        SyncPeers();
        return new(Refusal.None, Term, log.LastIndex);
    }

    /// <summary>
    /// Hands leadership over: proposals stop, the target catches up, then it campaigns at once. Given up after an
    /// election timeout; either way <see cref="TransferTarget"/> is 0 again.
    /// </summary>
    /// <param name="target">A voter; 0 for the one that is furthest.</param>
    public Refusal TransferLeader(ulong target)
    {
        if (Role != RaftRole.Leader)
            return Refusal.NotLeader;
        if (transferee != 0)
            return Refusal.Transferring;
        var peer = target == 0 ? BestSuccessor() : FindPeer(target);
        if (peer is null || !Membership.IsVoter(peer.Id))
            return Refusal.UnknownMember;
        FailReads();
        (transferee, transferStarted) = (peer.Id, now);
        ContinueTransfer();
        return Refusal.None;
    }

    private (Membership? Next, Refusal Refusal) CheckChange(MembershipChange change)
    {
        if (Role != RaftRole.Leader)
            return (null, Refusal.NotLeader);
        if (transferee != 0)
            return (null, Refusal.Transferring);

        // Without an own committed entry two leaders could each change by one from a common ancestor and have
        // majorities that do not meet (Ongaro, raft-dev, July 2015).
        if (memberships.CurrentIndex > Commit || Commit < firstOfTerm)
            return (null, Refusal.ChangePending);
        var (next, refusal) = change.ApplyTo(Membership);
        if (next is null)
            return (null, refusal);
        if (Membership.IsVoter(Self) && !next.IsVoter(Self))
            return (null, Refusal.IsLeader);
        if (change.Kind == MembershipChangeKind.Promote && !IsCaughtUp(change.Id))
            return (null, Refusal.NotCaughtUp);
        return next.VotersChanged(Membership) > 0
            && next.Members.Count(m => m.IsVoter && IsReachable(m.Id)) < next.Quorum
            ? (null, Refusal.WouldLoseQuorum)
            : (next, Refusal.None);
    }

    /// <summary>It had, at most a heartbeat ago, everything that we had one heartbeat before.</summary>
    private bool IsCaughtUp(ulong id) =>
        FindPeer(id) is { State: ProgressState.Replicate } peer && peer.Match >= previousRoundLast && IsReachable(id);

    private void NoteConfig(Entry entry)
    {
        if (entry.Kind == EntryKind.Config)
            memberships.Push(entry.Index, Membership.Decode(entry.Data.Span));
    }

    private Progress? BestSuccessor() =>
        peers.Where(p => Membership.IsVoter(p.Id) && IsReachable(p.Id)).MaxBy(p => p.Match);

    private void ContinueTransfer()
    {
        if (transferee != 0 && MatchOf(transferee) == log.LastIndex)
            outbox.Add(To(transferee, MessageKind.TimeoutNow));
    }

    private void TickTransfer()
    {
        if (transferee != 0 && now - transferStarted >= (ulong)options.ElectionTicks)
            transferee = 0;
    }

    private void OnTimeoutNow(Message message)
    {
        if (Role != RaftRole.Leader && MayCampaign && message.From == Leader)
            Campaign(transfer: true);
    }

    /// <summary>
    /// This member leads but the committed membership is without it (it won while that entry was not committed yet).
    /// Its work is done: the furthest voter takes over without waiting for a timeout.
    /// </summary>
    private void LeaveIfRemoved()
    {
        if (CommittedMembership.IsVoter(Self) || Commit < firstOfTerm || memberships.CurrentIndex > Commit)
            return;
        ReplicateToAll(); // The others learn of the commit from this, or from nobody.
        if (BestSuccessor() is { } successor)
            outbox.Add(To(successor.Id, MessageKind.TimeoutNow));
        BecomeFollower(leader: 0);
    }
}
