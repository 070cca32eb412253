namespace Orchestrator.Raft;

/// <summary>Elections: who may ask, who may grant, and when a leader gives up by itself.</summary>
public sealed partial class RaftCore
{
    private readonly List<(ulong Voter, bool Granted)> ballots = [];

    private bool HearsLeader =>
        Role == RaftRole.Leader || (Leader != 0 && now - lastLeaderContact < (ulong)options.ElectionTicks);

    /// <summary>
    /// A voter in its newest or its committed membership may campaign: removed by an entry that never commits, it may
    /// hold the newest log of all. A learner never does.
    /// </summary>
    private bool MayCampaign => Membership.IsVoter(Self) || CommittedMembership.IsVoter(Self);

    private void TickFollower()
    {
        electionElapsed++;
        ResendReads();
        if (electionElapsed < electionTimeout)
            return;
        ResetElectionTimer();
        if (MayCampaign)
            PreCampaign();
    }

    private void TickLeader()
    {
        TickTransfer();
        if (!HeardQuorum())
        {
            // Whoever still listens to us alone must be free to follow somebody else: all our traffic ends here.
            BecomeFollower(leader: 0);
            return;
        }

        if (now % (ulong)options.HeartbeatTicks == 0)
            SendHeartbeats();
    }

    /// <summary>Asks whether an election could be won, without disturbing the term.</summary>
    private void PreCampaign()
    {
        if (Role == RaftRole.Follower)
            BecomeFollower(leader: 0);
        Role = RaftRole.PreCandidate;
        ballots.Clear();
        foreach (var voter in OtherVoters())
            outbox.Add(Request(voter, MessageKind.PreVote) with { Term = Term + 1 });
        CountBallot(Self, granted: true);
    }

    private void Campaign(bool transfer)
    {
        FailReads();
        (Role, Leader) = (RaftRole.Candidate, 0);
        (Term, Vote) = (Term + 1, Self);
        verified = 0;
        gate.DropPending();
        gate.Changed();
        ballots.Clear();
        ResetElectionTimer();
        foreach (var voter in OtherVoters())
            outbox.Add(Request(voter, MessageKind.Vote) with { Transfer = transfer });

        // The own vote counts when it is on disk and not before: a leader that forgot it could elect a second one.
        gate.Hold(To(Self, MessageKind.VoteReply), logIndex: 0);
    }

    private Message Request(ulong voter, MessageKind kind) =>
        To(voter, kind) with { Index = log.LastIndex, LogTerm = log.LastTerm };

    private IEnumerable<ulong> OtherVoters() =>
        Membership.Members.Where(m => m.IsVoter && m.Id != Self).Select(m => m.Id);

    /// <summary>A vote request of a higher term that is not even looked at, while a leader is heard.</summary>
    private bool IsLoyalAgainst(Message request) =>
        request.Term > Term && !request.Transfer && request.From != Leader && HearsLeader;

    private void OnPreVote(Message request)
    {
        // If the asker is the very leader we remember, having heard it lately speaks for no one.
        var loyal = HearsLeader && request.From != Leader;
        var grant = !loyal && request.Term > Term && log.IsUpToDate(request.Index, request.LogTerm);
        outbox.Add(To(request.From, MessageKind.PreVoteReply) with
        {
            Term = grant ? request.Term : Term,
            Reject = !grant,
        });
    }

    private void OnPreVoteReply(Message reply)
    {
        if (reply.Reject && reply.Term > Term)
            AdoptTerm(reply.Term); // Asking with too low a term would be refused for ever.
        else if (Role == RaftRole.PreCandidate && (reply.Reject || reply.Term == Term + 1))
            CountBallot(reply.From, !reply.Reject);
    }

    /// <summary>
    /// The candidate's log decides, never our idea of who is a member: a learner may have been promoted by an entry
    /// that it has not seen yet.
    /// </summary>
    private void OnVote(Message request)
    {
        var free = Vote == request.From || (Vote == 0 && Leader == 0);
        var grant = free && log.IsUpToDate(request.Index, request.LogTerm);
        if (grant && Vote == 0)
        {
            Vote = request.From;
            gate.Changed();
            BecomeFollower(leader: 0);
            ResetElectionTimer();
        }

        Promise(To(request.From, MessageKind.VoteReply) with { Reject = !grant });
    }

    private void OnVoteReply(Message reply)
    {
        if (Role == RaftRole.Candidate)
            CountBallot(reply.From, !reply.Reject);
    }

    private void CountBallot(ulong voter, bool granted)
    {
        if (!Membership.IsVoter(voter) || ballots.Exists(b => b.Voter == voter))
            return;
        ballots.Add((voter, granted));
        if (ballots.Count(b => b.Granted) < Membership.Quorum)
            return;
        if (Role == RaftRole.PreCandidate)
            Campaign(transfer: false);
        else
            BecomeLeader();
    }

    private void BecomeLeader()
    {
        (Role, Leader) = (RaftRole.Leader, Self);
        peers.Clear();
        SyncPeers();
        AppendOwn(EntryKind.Noop, default);
        firstOfTerm = log.LastIndex;
        roundLast = previousRoundLast = log.LastIndex;
    }

    private bool HeardQuorum() =>
        Membership.Members.Count(m => m.IsVoter && IsReachable(m.Id)) >= Membership.Quorum;

    /// <summary>Heard within an election timeout; meaningful on a leader.</summary>
    public bool IsReachable(ulong id) =>
        id == Self || (FindPeer(id) is { } peer && now - peer.LastHeard < (ulong)options.ElectionTicks);
}
