using Orchestrator.Raft;

namespace Orchestrator.Simulation.Scenarios;

/// <summary>Elections as they went wrong elsewhere; each test names the story it retells.</summary>
public sealed class ElectionScenarios
{
    private static Message VoteRequest(ulong from, ulong to, ulong term) =>
        new() { Kind = MessageKind.Vote, From = from, To = to, Term = term, Index = 1, LogTerm = 1 };

    /// <summary>vote-crash-revote (hashicorp/raft #661): term and vote written apart let one voter vote twice.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_vote_that_left_the_node_binds_it_after_a_crash(bool crashBeforeTheReply)
    {
        var s = new Script(3) { AutoWrite = false };
        s[2].Feed(core => core.Receive(VoteRequest(from: 1, to: 2, term: 5)));
        Assert.Empty(s.Net); // Not on disk, so not promised.
        if (!crashBeforeTheReply)
            s.FinishWrite(2);

        s.Crash(2, keepUnfinished: true);
        s.Restart(2);
        s.Net.Clear();
        s[2].Feed(core => core.Receive(VoteRequest(from: 3, to: 2, term: 5)));

        Assert.Equal(5ul, s.Core(2).Term);
        Assert.True(Assert.Single(s.Net).Reject);
    }

    [Fact]
    public void A_vote_that_was_lost_with_the_page_cache_was_never_cast()
    {
        var s = new Script(3) { AutoWrite = false };
        s[2].Feed(core => core.Receive(VoteRequest(from: 1, to: 2, term: 5)));

        s.Crash(2, keepUnfinished: false);
        s.Restart(2);
        s[2].Feed(core => core.Receive(VoteRequest(from: 3, to: 2, term: 5)));
        s.FinishWrite(2);

        Assert.False(Assert.Single(s.Net).Reject);
    }

    [Fact]
    public void A_candidate_does_not_lead_by_a_vote_for_itself_that_is_not_on_its_disk()
    {
        var s = new Script(3) { AutoWrite = false };
        s.TickToElection(1);
        s.Deliver(m => m.Kind == MessageKind.PreVote);
        s.Deliver(m => m.Kind == MessageKind.PreVoteReply);
        s.Deliver(m => m.Kind == MessageKind.Vote);
        s.FinishWrite(2);
        s.Deliver(m => m.Kind == MessageKind.VoteReply);

        Assert.Equal(RaftRole.Candidate, s.Core(1).Role);
        s.FinishWrite(1);
        Assert.Equal(RaftRole.Leader, s.Core(1).Role);
    }

    /// <summary>prevote-low-term (etcd #8243, openraft #1796): a refused asker that does not learn the term is refused for ever.</summary>
    [Fact]
    public void A_node_of_a_lower_term_catches_up_with_the_term_and_is_elected()
    {
        var s = new Script(3);
        s.Crash(1);
        s.RestartInTerm(2, 5);

        s.TickToElection(3);
        s.Settle();
        s.Tick(3, 2 * s.Options.ElectionTicks);
        s.Settle();

        Assert.True(s[3].IsLeader);
        Assert.Equal(6ul, s.Core(3).Term);
    }

    /// <summary>prevote-high-term-short-log (etcd #8501): neither of two survivors can win as it is; together they can.</summary>
    [Fact]
    public void A_higher_term_with_a_shorter_log_does_not_deadlock()
    {
        var s = new Script(3);
        s.Cut(1, 2);
        s.Cut(3, 2);
        s.Elect(1);
        s.Propose(1, 7);
        s.Settle();
        s.Crash(1);
        s.Heal();
        s.RestartInTerm(2, 9);

        s.TickAll(8 * s.Options.ElectionTicks);

        Assert.Equal([3], s.Leaders);
        Assert.True(s.Core(3).Term > 9);
    }

    /// <summary>prevote-no-timer-reset (hashicorp/raft #609, dotNext #281): answering put off the own candidacy.</summary>
    [Fact]
    public void A_node_that_keeps_asking_cannot_suppress_the_elections_of_others()
    {
        var s = new Script(3);
        s.Crash(1);

        for (var i = 0; i < 2 * s.Options.ElectionTicks && s.Core(2).Role == RaftRole.Follower; i++)
        {
            s.Tick(2);
            s[2].Feed(core => core.Receive(VoteRequest(3, 2, 2) with { Kind = MessageKind.PreVote, Index = 0, LogTerm = 0 }));
        }

        Assert.Equal(RaftRole.PreCandidate, s.Core(2).Role);
    }

    /// <summary>exleader-campaigns (hashicorp/raft #605): loyalty to a leader kept that very leader from coming back.</summary>
    [Fact]
    public void A_leader_that_restarts_is_not_refused_out_of_loyalty_to_itself()
    {
        var s = new Script(3);
        s.Elect(1);
        s.Crash(3);

        s.Crash(1);
        s.Restart(1);
        s.TickToElection(1); // Node 2's clock stands: it heard its leader just now.
        s.Settle();

        Assert.True(s[1].IsLeader);
    }

    [Fact]
    public void A_node_that_hears_no_leader_does_not_unseat_the_one_that_others_hear()
    {
        var s = new Script(3);
        s.Elect(1);
        var term = s.Core(1).Term;

        s.TickToElection(3); // Alone in thinking so.
        s.Settle();
        s.TickAll(3);
        Assert.Equal(term, s.Core(3).Term); // It was told so before it had raised anything.
        s[2].Feed(core => core.Receive(VoteRequest(3, 2, term + 4) with { Index = 99, LogTerm = 99 }));
        s.Settle();

        Assert.True(s[1].IsLeader);
        Assert.Equal(term, s.Core(2).Term);
    }

    /// <summary>three-of-seven-down (rabbitmq/ra #439): candidates refused each other until nobody was left to ask.</summary>
    [Fact]
    public void Four_of_seven_elect_though_all_ask_at_once()
    {
        var s = new Script(7);
        s.Elect(1);
        s.Crash(1);
        s.Crash(2);
        s.Crash(3);

        s.TickAll(12 * s.Options.ElectionTicks);

        var leader = Assert.Single(s.Leaders);
        Assert.True(s.Core(leader).IsReady);
    }

    /// <summary>bridge-partition (openraft #2080, #2089): a leader that still reaches one member held it for ever.</summary>
    [Fact]
    public void A_connected_majority_elects_while_the_old_leader_reaches_one_of_it()
    {
        var s = new Script(5);
        s.Elect(1);
        s.Cut(1, 3);
        s.Cut(1, 4);
        s.Cut(1, 5);

        s.TickAll(8 * s.Options.ElectionTicks);

        var leader = Assert.Single(s.Leaders);
        Assert.NotEqual(1, leader);
        Assert.True(s.Core(leader).IsReady);
    }

    [Fact]
    public void A_leader_without_a_quorum_falls_silent()
    {
        var s = new Script(5);
        s.Elect(1);
        s.Net.Clear();
        for (var i = 0; i < s.Options.ElectionTicks; i++)
        {
            s.Tick(1);
            s.Settle(lose: m => m.To is 3 or 4 or 5 || m.From is 3 or 4 or 5);
        }

        Assert.Equal(RaftRole.Follower, s.Core(1).Role);
        s.Net.Clear();
        s.Tick(1, 3);
        Assert.Empty(s.Net);
    }
}
