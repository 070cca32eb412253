using Orchestrator.Raft;

namespace Orchestrator.Simulation.Scenarios;

/// <summary>Linearizable reads: never stale, never without an end.</summary>
public sealed class ReadScenarios
{
    /// <summary>read-dup-request (etcd #20418): answers to an old question confirmed a new one, from a leader long replaced.</summary>
    [Fact]
    public void Old_answers_do_not_confirm_a_later_read()
    {
        var s = new Script(3);
        s.Elect(1);
        s.Read(1, ticket: 1);
        s.Deliver(m => m.Kind == MessageKind.Heartbeat);
        var late = s.Net.FindAll(m => m.Kind == MessageKind.HeartbeatReply);
        s.Net.Clear();
        s.Cut(1, 2);
        s.Cut(1, 3);
        Replace(s);

        s.Read(1, ticket: 2); // Node 1 does not know yet.
        late.ForEach(m => s[1].Feed(core => core.Receive(m)));

        Assert.True(s[1].IsLeader);
        Assert.True(s.Reads.ContainsKey(1));
        Assert.False(s.Reads.ContainsKey(2));
    }

    /// <summary>read-before-noop (etcd #7331): before its first own commit a leader does not know what is committed.</summary>
    [Fact]
    public void A_new_leader_answers_no_read_before_it_has_committed_in_its_term()
    {
        var s = new Script(3);
        s.TickToElection(1);
        s.Settle(lose: m => m.Kind == MessageKind.Append);
        Assert.Equal(RaftRole.Leader, s.Core(1).Role);

        s.Read(1, ticket: 1);
        s.Tick(1);
        s.Settle(lose: m => m.Kind == MessageKind.Append);
        Assert.Empty(s.Reads);
        s.Tick(1);
        s.Settle();

        Assert.Equal(s.Core(1).LastIndex, s.Reads[1]);
    }

    /// <summary>read-during-transfer (tikv #4680, #9208): the old leader went on answering after it had handed over.</summary>
    [Fact]
    public void A_leader_that_hands_over_fails_its_reads_and_takes_no_more()
    {
        var s = new Script(3);
        s.Elect(1);
        s.Read(1, ticket: 1);
        s[1].Feed(core => core.TransferLeader(2));
        s.Read(1, ticket: 2);

        Assert.Null(s.Reads[1]);
        Assert.Null(s.Reads[2]);
        s.Settle();
        Assert.True(s[2].IsLeader);
        s.Read(1, ticket: 3);
        s.Settle();
        Assert.Equal(s.Core(2).Commit, s.Reads[3]);
    }

    /// <summary>read-dropped (raft-rs #167, etcd #7571): a lost message must not leave a reader waiting for ever.</summary>
    [Fact]
    public void A_read_through_a_follower_survives_the_loss_of_question_and_answer()
    {
        var s = new Script(3);
        s.Elect(1);

        s.Read(2, ticket: 1);
        s.Settle(lose: m => m.Kind == MessageKind.Read);
        s.TickAll(2);

        Assert.Equal(s.Core(1).Commit, s.Reads[1]);
    }

    [Fact]
    public void Every_read_ends_when_its_leader_is_gone()
    {
        var s = new Script(3);
        s.Elect(1);
        s.Read(1, ticket: 1);
        s.Read(2, ticket: 2);
        s.Net.Clear();
        s.Cut(1, 2);
        s.Cut(1, 3);

        s.Read(2, ticket: 3);
        Replace(s);
        s.Tick(1, s.Options.ElectionTicks);

        Assert.Null(s.Reads[1]);
        Assert.Null(s.Reads[2]);
        Assert.Null(s.Reads[3]);
    }

    [Fact]
    public void One_round_of_heartbeats_confirms_all_reads_that_wait()
    {
        var s = new Script(3);
        s.Elect(1);

        s[1].Feed(core =>
        {
            for (ulong ticket = 1; ticket <= 100; ticket++)
                core.ReadIndex(ticket);
        });

        Assert.Equal(2, s.Net.Count(m => m.Kind == MessageKind.Heartbeat));
        s.Settle();
        Assert.Equal(100, s.Reads.Count(r => r.Value is not null));
    }

    /// <summary>Nodes 2 and 3, cut off from 1, elect 3 and commit something.</summary>
    private static void Replace(Script s)
    {
        s.Tick(2, s.Options.ElectionTicks);
        s.TickToElection(3);
        s.Settle();
        Assert.True(s[3].IsLeader);
        s.Propose(3, 9);
        s.Settle();
    }
}
