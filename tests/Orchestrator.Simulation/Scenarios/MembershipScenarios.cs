using Orchestrator.Raft;

namespace Orchestrator.Simulation.Scenarios;

/// <summary>Membership lives in the log: it comes and goes with its entries, and changes only on firm ground.</summary>
public sealed class MembershipScenarios
{
    private static readonly Message FromLeader = new()
    {
        Kind = MessageKind.Append, From = 1, To = 2, Term = 2, Index = 1, LogTerm = 1,
    };

    /// <summary>config-before-own-commit (Ongaro, raft-dev 2015; openraft #2051): two leaders, a change each, disjoint majorities.</summary>
    [Fact]
    public void A_leader_changes_nothing_before_it_has_committed_in_its_term()
    {
        var s = new Script(3);
        s.TickToElection(1);
        s.Settle(lose: m => m.Kind == MessageKind.Append);

        Assert.Equal(Refusal.ChangePending, s.Change(1, MembershipChangeKind.AddLearner, 9).Refusal);
        s.TickAll(2);

        Assert.Equal(Refusal.None, s.Change(1, MembershipChangeKind.AddLearner, 9).Refusal);
        Assert.Equal(Refusal.ChangePending, s.Change(1, MembershipChangeKind.AddLearner, 10).Refusal);
    }

    /// <summary>config-rollback (camunda #57386): the entry was cut off, the membership it had brought stayed.</summary>
    [Fact]
    public void A_membership_goes_with_the_entry_that_brought_it()
    {
        var s = new Script(3);
        var changed = s.Core(2).Membership.With(new Member(9, IsVoter: false, default));
        s[2].Feed(core => core.Receive(FromLeader with { Entries = [new Entry(2, 2, EntryKind.Config, changed.Encode())] }));
        Assert.NotNull(s.Core(2).Membership.Find(9));

        s[2].Feed(core => core.Receive(FromLeader with { From = 3, Term = 3, Entries = [new Entry(3, 2, EntryKind.Noop, default)] }));

        Assert.Null(s.Core(2).Membership.Find(9));
    }

    /// <summary>snapshot-conflict-suffix (hashicorp/raft #697, openraft #753): what was acknowledged beyond the snapshot was dropped.</summary>
    [Fact]
    public void A_snapshot_of_what_the_log_holds_leaves_the_rest_of_the_log_alone()
    {
        var s = new Script(3);
        var entries = Enumerable.Range(2, 6).Select(i => new Entry(2, (ulong)i, EntryKind.Command, new byte[1])).ToArray();
        s[2].Feed(core => core.Receive(FromLeader with { Entries = entries }));
        s.Settle();
        Assert.Equal(7ul, s.Core(2).DurableIndex);

        s[2].Install(new SimSnapshot(new SnapshotMeta(4, 2, s.Core(2).Membership), Chain: 0));

        Assert.Equal(7ul, s.Core(2).LastIndex);
        Assert.Equal(4ul, s[2].Applied);
    }

    [Fact]
    public void A_snapshot_that_contradicts_the_log_replaces_all_of_it()
    {
        var s = new Script(3);
        s[2].Feed(core => core.Receive(FromLeader with { Entries = [new Entry(2, 2, EntryKind.Command, new byte[1])] }));
        var members = s.Core(2).Membership.With(new Member(9, IsVoter: false, default));
        s[2].Feed(core => core.Receive(FromLeader with { Kind = MessageKind.Heartbeat, From = 3, Term = 5, Index = 0 }));

        s[2].Install(new SimSnapshot(new SnapshotMeta(40, 4, members), Chain: 77));
        s.Settle();

        Assert.Equal((40ul, 77ul), (s[2].Applied, s[2].Chain));
        Assert.NotNull(s.Core(2).Membership.Find(9));
        s.Crash(2);
        s.Restart(2);
        Assert.Equal(40ul, s.Core(2).LastIndex);
    }
}
