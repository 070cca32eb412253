using System.Text;
using Orchestrator.Store.Host;
using Orchestrator.Store.Log;

namespace Orchestrator.Store.Tests.Host;

public sealed class RaftHostTests
{
    private static readonly string[] Three = ["a", "b", "c"];

    [Fact]
    public async Task A_cluster_of_one_commits_and_knows_everything_after_a_restart()
    {
        await using var cluster = await RaftCluster.StartAsync(["a"]);
        await cluster.WriteAsync("one");
        await cluster.WriteAsync("two");

        await cluster.StopAsync("a");
        cluster.Restart("a");

        await cluster.EqualAsync("one", "two");
        await cluster.WriteAsync("three");
        await cluster.EqualAsync("one", "two", "three");
    }

    [Fact]
    public async Task Nodes_that_join_become_voters_and_get_all_that_was_written_before()
    {
        await using var cluster = await RaftCluster.StartAsync(["a"]);
        await cluster.WriteAsync("before");

        await cluster.JoinAsync("b");
        await cluster.JoinAsync("c");
        await cluster.WriteAsync("after");

        await cluster.EqualAsync("before", "after");
        await RaftCluster.Until(() => Three.All(n => cluster[n].Members.Count(m => m.Member.IsVoter) == 3));
        Assert.Equal("b:2377", cluster["c"].Members.Single(m => m.Member.NodeId == "b").Member.Address);
    }

    [Fact]
    public async Task The_loss_of_the_leader_costs_no_acknowledged_write()
    {
        await using var cluster = await RaftCluster.StartAsync(Three);
        await cluster.WriteAsync("one");
        var old = await cluster.LeaderAsync();

        await cluster.StopAsync(old);
        await cluster.WriteAsync("two");
        cluster.Restart(old);
        await cluster.WriteAsync("three");

        await cluster.EqualAsync("one", "two", "three");
    }

    [Fact]
    public async Task All_stopped_at_once_come_back_by_themselves()
    {
        await using var cluster = await RaftCluster.StartAsync(Three);
        await cluster.WriteAsync("one");

        foreach (var name in Three)
            await cluster.StopAsync(name);
        foreach (var name in Three)
            cluster.Restart(name);
        await cluster.WriteAsync("two");

        await cluster.EqualAsync("one", "two");
    }

    [Fact]
    public async Task A_follower_refuses_a_proposal_and_names_the_leader()
    {
        await using var cluster = await RaftCluster.StartAsync(Three);
        var leader = await cluster.LeaderAsync();
        var follower = Three.First(n => n != leader);

        var refusal = await Assert.ThrowsAsync<NotLeaderException>(
            () => cluster[follower].ProposeAsync(_ => new byte[1], RaftCluster.Timeout()));

        Assert.Equal(leader, refusal.Leader?.NodeId);
    }

    [Fact]
    public async Task A_sequence_that_throws_appends_nothing()
    {
        await using var cluster = await RaftCluster.StartAsync(["a"]);
        var seen = new List<ulong>();

        await Assert.ThrowsAsync<FormatException>(() => cluster["a"].ProposeAsync(
            index =>
            {
                seen.Add(index);
                throw new FormatException();
            },
            RaftCluster.Timeout()));
        var index = await cluster["a"].ProposeAsync(_ => "one"u8.ToArray(), RaftCluster.Timeout());

        Assert.Equal(seen, [index]);
    }

    [Fact]
    public async Task A_barrier_on_a_follower_shows_every_write_acknowledged_before_it()
    {
        await using var cluster = await RaftCluster.StartAsync(Three);
        var leader = await cluster.LeaderAsync();
        var follower = Three.First(n => n != leader);

        for (var i = 0; i < 50; i++)
        {
            await cluster.WriteAsync($"write {i}");
            await cluster[follower].ReadBarrierAsync(RaftCluster.Timeout());
            Assert.Equal($"write {i}", cluster.State(follower).Lines[^1]);
        }
    }

    [Fact]
    public async Task A_leader_cut_off_answers_no_read_and_loses_its_proposal_into_the_unknown()
    {
        await using var cluster = await RaftCluster.StartAsync(Three);
        var old = await cluster.LeaderAsync();
        cluster.Network.Isolate(cluster[old].Self.RaftId);

        var write = cluster[old].ProposeAsync(_ => "lost"u8.ToArray(), RaftCluster.Timeout());
        var read = cluster[old].ReadBarrierAsync(RaftCluster.Timeout());

        await Assert.ThrowsAsync<ProposalUnknownException>(() => write);
        await Assert.ThrowsAsync<NotLeaderException>(() => read);
        Assert.False(cluster.State(old).Leading);
        cluster.Network.Heal();
        await cluster.WriteAsync("kept");
        await cluster.EqualAsync("kept");
    }

    [Fact]
    public async Task A_thousand_concurrent_proposals_are_applied_in_one_order_everywhere()
    {
        await using var cluster = await RaftCluster.StartAsync(Three);
        var leader = cluster[await cluster.LeaderAsync()];

        var indexes = await Task.WhenAll(Enumerable.Range(0, 1000).Select(
            i => leader.ProposeAsync(_ => Encoding.UTF8.GetBytes($"{i}"), RaftCluster.Timeout())));

        Assert.Equal(1000, indexes.Distinct().Count());
        await RaftCluster.Until(() => Three.All(n => cluster.State(n).Lines.Length == 1000));
        Assert.All(Three, n => Assert.Equal(cluster.State("a").Lines, cluster.State(n).Lines));
    }

    [Fact]
    public async Task A_node_that_missed_what_was_compacted_gets_a_snapshot()
    {
        await using var cluster = await RaftCluster.StartAsync(Three, Small);
        var leader = await cluster.LeaderAsync();
        var slow = Three.First(n => n != leader);
        await cluster.StopAsync(slow);
        await RaftCluster.Until(() => cluster[leader].Members.Any(m => !m.IsReachable)); // The log waits for those who answer.
        var expected = Enumerable.Range(0, 200).Select(i => $"entry {i}").ToArray();
        foreach (var line in expected)
            await cluster.WriteAsync(line);

        cluster.Restart(slow);

        await cluster.EqualAsync(expected);
        Assert.True(cluster.State(slow).Restores > 0);
    }

    [Fact]
    public async Task A_restart_goes_on_from_snapshot_and_log()
    {
        await using var cluster = await RaftCluster.StartAsync(["a"], Small);
        var expected = Enumerable.Range(0, 333).Select(i => $"entry {i}").ToArray();
        foreach (var line in expected)
            await cluster.WriteAsync(line);

        await cluster.StopAsync("a");
        cluster.Restart("a");

        await cluster.EqualAsync(expected);
        Assert.Equal(1, cluster.State("a").Restores);
    }

    [Fact]
    public async Task Old_segments_and_snapshots_are_deleted()
    {
        var big = new string('x', 20_000);
        await using var cluster = await RaftCluster.StartAsync(["a"], Small);
        for (var i = 0; i < 200; i++)
            await cluster.WriteAsync(big); // Four megabytes, in segments of a quarter.

        int Count(string folder, string pattern) =>
            Directory.GetFiles(Path.Combine(cluster.Directory_("a"), folder), pattern).Length;

        await RaftCluster.Until(() => Count("log", "*.seg") < 8);
        Assert.InRange(Count("snapshots", "*.snap"), 1, 2);
    }

    [Fact]
    public async Task Leadership_is_handed_over_without_waiting_for_a_timeout()
    {
        await using var cluster = await RaftCluster.StartAsync(Three);
        var old = await cluster.LeaderAsync();
        var target = Three.First(n => n != old);

        await cluster[old].TransferAsync(cluster[target].Self.RaftId, RaftCluster.Timeout());

        await RaftCluster.Until(() => cluster[target].Status.IsLeader);
        await cluster.WriteAsync("after");
        await cluster.EqualAsync("after");
    }

    [Fact]
    public async Task A_removed_member_takes_no_part_and_a_new_one_takes_its_place()
    {
        await using var cluster = await RaftCluster.StartAsync(Three);
        var leader = await cluster.LeaderAsync();
        var gone = Three.First(n => n != leader);

        await cluster[leader].RemoveAsync(cluster[gone].Self.RaftId, RaftCluster.Timeout());
        await cluster.StopAsync(gone);
        await cluster.JoinAsync("d");
        await cluster.WriteAsync("one");

        await cluster.EqualAsync("one");
        Assert.Equal(3, cluster[await cluster.LeaderAsync()].Members.Count(m => m.Member.IsVoter));
    }

    [Fact]
    public async Task A_learner_that_never_came_up_keeps_nobody_from_being_promoted()
    {
        await using var cluster = await RaftCluster.StartAsync(["a"]);
        await cluster["a"].AddAsync("ghost", "ghost:2377", RaftCluster.Timeout());

        await cluster.JoinAsync("b");
        await cluster.JoinAsync("c");

        Assert.Equal(["a", "b", "c"], cluster["a"].Members.Where(m => m.Member.IsVoter).Select(m => m.Member.NodeId).Order());
    }

    [Fact]
    public async Task A_leader_does_not_remove_itself()
    {
        await using var cluster = await RaftCluster.StartAsync(Three);
        var leader = await cluster.LeaderAsync();

        var refusal = await Assert.ThrowsAsync<MembershipException>(
            () => cluster[leader].RemoveAsync(cluster[leader].Self.RaftId, RaftCluster.Timeout()));

        Assert.Contains("hand leadership over", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removal_that_leaves_no_quorum_is_refused()
    {
        await using var cluster = await RaftCluster.StartAsync(Three);
        var leader = await cluster.LeaderAsync();
        var (dead, alive) = (Three.First(n => n != leader), Three.Last(n => n != leader));
        await cluster.StopAsync(dead);
        await RaftCluster.Until(() => cluster[leader].Members.Any(m => !m.IsReachable));

        await Assert.ThrowsAsync<MembershipException>(
            () => cluster[leader].RemoveAsync(cluster[alive].Self.RaftId, RaftCluster.Timeout()));
    }

    [Fact]
    public async Task A_watcher_sees_leadership_come_and_go()
    {
        await using var cluster = await RaftCluster.StartAsync(Three);
        var leader = await cluster.LeaderAsync();
        await using var watch = cluster[leader].WatchLeadershipAsync(RaftCluster.Timeout()).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync() && watch.Current.IsLeader);

        cluster.Network.Isolate(cluster[leader].Self.RaftId);
        while (watch.Current.IsLeader)
            Assert.True(await watch.MoveNextAsync());

        Assert.Null(watch.Current.Leader);
    }

    [Fact]
    public async Task An_entry_that_cannot_be_applied_stops_the_member()
    {
        await using var cluster = await RaftCluster.StartAsync(["a"]);
        var host = cluster["a"];

        await Assert.ThrowsAsync<LogStoppedException>(() => host.ProposeAsync(_ => "poison"u8.ToArray(), RaftCluster.Timeout()));

        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Completion);
        await Assert.ThrowsAsync<LogStoppedException>(() => host.ReadBarrierAsync(RaftCluster.Timeout()));
    }

    private static RaftHostOptions Small(RaftHostOptions options) => options with
    {
        SnapshotEntries = 20,
        Log = new RaftLogOptions { SegmentBytes = 256 * 1024, TrailingEntries = 5 },
    };
}
