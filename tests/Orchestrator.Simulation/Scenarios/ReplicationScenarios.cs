using Orchestrator.Raft;

namespace Orchestrator.Simulation.Scenarios;

/// <summary>What is acknowledged, what is committed, and what a crash may take away.</summary>
public sealed class ReplicationScenarios
{
    /// <summary>ack-then-lose-unsynced (yugabyte #32875, tikv #994): a receipt for what only the page cache had.</summary>
    [Fact]
    public void An_entry_is_acknowledged_only_by_disks_that_hold_it()
    {
        var s = new Script(3);
        s.Elect(1);
        s.AutoWrite = false;
        var entry = s.Propose(1, 7);
        s.FinishWrite(1);
        s.Deliver(m => m.Kind == MessageKind.Append);
        Assert.DoesNotContain(s.Net, m => m.Kind == MessageKind.AppendReply);

        s.Crash(2);
        s.Crash(3);
        s.Restart(2);
        s.Restart(3);
        s.AutoWrite = true;
        s.Settle();
        Assert.True(s.Core(1).Commit < entry.Index);
        s.TickAll(3);

        Assert.Equal(entry.Index, s.Core(1).Commit);
    }

    [Fact]
    public void A_committed_entry_survives_the_loss_of_its_leader_and_of_every_page_cache()
    {
        var s = new Script(3);
        s.Elect(1);
        var entry = s.Propose(1, 7);
        s.Settle();
        Assert.Equal(entry.Index, s.Core(1).Commit);

        foreach (var id in new[] { 1, 2, 3 })
            s.Crash(id);
        s.Restart(2);
        s.Restart(3);
        s.Elect(3);

        Assert.Equal(entry.Term, s.Core(3).TermAt(entry.Index));
        Assert.True(s[3].Applied >= entry.Index);
    }

    /// <summary>figure-8 (dissertation, figure 3.7): counting replicas of an older term's entry commits what may still be lost.</summary>
    [Fact]
    public void An_entry_of_an_earlier_term_is_not_committed_by_counting_it()
    {
        var s = new Script(5, new RaftOptions { MaxAppendBytes = 1 }); // An entry a message.
        s.Elect(1);
        var entry = s.Propose(1, 7);
        s.Settle(lose: m => m.To is 3 or 4 or 5);
        s.Crash(1);
        s.Crash(2);
        LeadWithoutReplicating(s, 5); // A newer term's entry at the same index, on one disk.
        s.Crash(5);
        s.Restart(1);
        s.Restart(2);
        LeadWithoutReplicating(s, 1);

        s.Tick(1);
        s.Settle(lose: m => m.Entries.Any(e => e.Term == s.Core(1).Term));
        Assert.Equal(entry.Term, s.Core(3).TermAt(entry.Index));
        Assert.Equal(entry.Term, s.Core(4).TermAt(entry.Index));
        Assert.True(s.Core(1).Commit < entry.Index); // Four of five hold it, and yet:
        s.Crash(1);
        s.Crash(2);
        s.Restart(5);
        s.Elect(5);
        Assert.NotEqual(entry.Term, s.Core(3).TermAt(entry.Index));
    }

    private static void LeadWithoutReplicating(Script s, int id)
    {
        s.ForgetLeader(id);
        for (var i = 0; i < 100 && !s[id].IsLeader; i++)
        {
            s.Tick(id);
            s.Settle(lose: m => m.Kind == MessageKind.Append);
        }

        Assert.True(s[id].IsLeader);
    }

    /// <summary>append-aba (etcd-io/raft #8): a write ends after its entries were overwritten; it proves nothing about the new ones.</summary>
    [Fact]
    public void A_write_that_was_overtaken_makes_nothing_durable()
    {
        var s = new Script(3) { AutoWrite = false };
        var old = new Message { Kind = MessageKind.Append, From = 1, To = 2, Term = 2, Index = 1, LogTerm = 1 };
        s[2].Feed(core => core.Receive(old with { Entries = Entries(term: 2, first: 2, count: 3) }));
        s[2].Feed(core => core.Receive(old with { From = 3, Term = 3, Entries = Entries(term: 3, first: 2, count: 1) }));

        s.FinishWrite(2); // The three entries of term 2.

        Assert.Equal(1ul, s.Core(2).DurableIndex);
        Assert.DoesNotContain(s.Net, m => m.Kind == MessageKind.AppendReply && m.Term == 3);
        s.FinishWrite(2);
        Assert.Equal(2ul, s.Core(2).DurableIndex);
        Assert.Contains(s.Net, m => m is { Kind: MessageKind.AppendReply, Term: 3, Index: 2, Reject: false });
    }

    /// <summary>solo-durable (etcd #14370, #14413): with nobody to wait for, the only disk was not waited for either.</summary>
    [Fact]
    public void A_single_voter_commits_only_what_its_disk_holds()
    {
        var s = new Script(1);
        s.Tick(1);
        s.Settle();
        Assert.True(s.Core(1).IsReady);
        s.AutoWrite = false;

        var entry = s.Propose(1, 7);
        Assert.True(s.Core(1).Commit < entry.Index);
        Assert.True(s[1].Applied < entry.Index);
        s.FinishWrite(1);

        Assert.Equal(entry.Index, s[1].Applied);
    }

    [Fact]
    public void A_commit_index_beyond_what_the_append_proved_is_not_believed()
    {
        var s = new Script(3) { AutoWrite = false };
        var append = new Message { Kind = MessageKind.Append, From = 1, To = 2, Term = 2, Index = 1, LogTerm = 1, Commit = 99 };

        s[2].Feed(core => core.Receive(append with { Entries = Entries(term: 2, first: 2, count: 2) }));

        Assert.Equal(3ul, s.Core(2).Commit);
        Assert.Equal(1ul, s[2].Applied); // Known committed, and still not shown before this disk has it.
    }

    [Fact]
    public void A_member_whose_disk_lost_what_it_acknowledged_stops()
    {
        var s = new Script(3);
        s.Elect(1);
        var heartbeat = new Message { Kind = MessageKind.Heartbeat, From = 1, To = 2, Term = s.Core(1).Term, Index = 50 };

        Assert.Throws<StateLostException>(() => s[2].Feed(core => core.Receive(heartbeat)));
    }

    private static Entry[] Entries(ulong term, ulong first, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Entry(term, first + (ulong)i, EntryKind.Command, new byte[] { (byte)i }))];
}
