using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Manager.Sharing;
using Orchestrator.Model;

namespace Orchestrator.Manager.Tests.Sharing;

public sealed class BlobTrackerTests
{
    private const string Blob = "sha256:a";

    private readonly BlobTracker tracker = new(new SharingOptions());
    private DateTimeOffset now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Of_fifty_that_ask_at_once_the_registry_feeds_one_and_nobody_more_than_two()
    {
        var sources = Enumerable.Range(0, 50).Select(n => Find(n).Node).ToList();

        Assert.Null(sources[0]);
        Assert.DoesNotContain(null, sources[1..]);
        Assert.All(
            sources[1..].CountBy(s => s!.Value), fed => Assert.True(fed.Value <= 2, $"{fed.Key} feeds {fed.Value}"));
        Assert.True(Find(50).Depth <= 6);
    }

    [Fact]
    public void Who_has_it_whole_is_asked_before_who_is_reading_and_before_the_registry()
    {
        Find(1);
        tracker.AddHolder(Node(1), Blob, 1000, now);

        Assert.Equal(Node(1), Find(2).Node);
        Assert.Equal(Node(1), Find(3).Node);
        Assert.Contains(Find(4).Node, new NodeId?[] { Node(2), Node(3) });
    }

    [Fact]
    public void When_the_first_reader_dies_one_of_its_own_takes_its_place_and_the_rest_stay_behind_it()
    {
        Find(0);
        for (var n = 1; n <= 6; n++)
            Find(n);
        tracker.Progress(Node(1), Blob, 500, Node(0), _ => true, now);

        Assert.Null(Find(1, offset: 500, SourceFault.Unreachable, failed: 0).Node);
        Assert.Equal(Node(1), Find(2, offset: 400, SourceFault.Unreachable, failed: 0).Node);
    }

    [Fact]
    public void Nobody_is_sent_to_a_node_that_somebody_could_not_reach_until_it_speaks_again()
    {
        tracker.AddHolder(Node(1), Blob, 1000, now);
        Assert.Equal(Node(1), Find(2).Node);
        Find(2, 0, SourceFault.Unreachable, failed: 1);

        Assert.NotEqual(Node(1), Find(3).Node);
        tracker.AddHolder(Node(1), Blob, 1000, now);
        Assert.Equal(Node(1), Find(4).Node);
    }

    [Fact]
    public void A_node_that_nobody_was_sent_to_cannot_be_accused()
    {
        tracker.AddHolder(Node(1), Blob, 1000, now);

        Find(2, 0, SourceFault.Unreachable, failed: 1);
        Find(3, 0, SourceFault.Damaged, failed: 1);
        Find(4, 0, SourceFault.Missing, failed: 1);

        Assert.Equal(Node(1), Find(5).Node);
    }

    [Fact]
    public void All_that_read_by_way_of_a_liar_begin_again_and_one_alone_goes_to_the_registry()
    {
        var lies = new List<NodeId>();
        tracker.Lied += (liar, _, _) => lies.Add(liar);
        tracker.AddHolder(Node(0), Blob, 1000, now);
        for (var n = 1; n <= 6; n++)
            Find(n);

        var first = Find(1, 100, SourceFault.Damaged, failed: 0);
        Assert.Equal(new SourceChoice(null, 0, IsAnew: true), first);
        for (var n = 2; n <= 6; n++)
        {
            var next = Find(n, 100, SourceFault.Broken, failed: 1);
            Assert.True(next.IsAnew, $"node {n} goes on with what it has");
            Assert.NotNull(next.Node);
            Assert.NotEqual(Node(0), next.Node);
        }

        Assert.Equal([Node(0)], lies);
    }

    [Fact]
    public void Who_is_too_slow_is_left_for_who_is_ahead_or_for_the_registry_but_not_for_who_is_no_better()
    {
        Find(0);
        for (var n = 1; n <= 8; n++)
            Find(n);

        // Nobody is ahead of 1: two may read from the registry besides, then slow is better than nothing.
        Assert.Null(Find(1, 0, SourceFault.Slow, failed: 0).Node);
        Assert.Null(Find(2, 0, SourceFault.Slow, failed: 0).Node);
        var third = Find(3, 0, SourceFault.None).Node;
        Assert.Equal(third, Find(3, 0, SourceFault.Slow, failed: third!.Value.Value[^1] - '0').Node);

        tracker.Progress(Node(2), Blob, 50 << 20, null, _ => true, now);
        Assert.Equal(Node(2), Find(4, 1 << 20, SourceFault.Slow, failed: 1).Node);
    }

    [Fact]
    public void Who_is_silent_for_half_a_minute_reads_no_longer()
    {
        Find(0);
        now += TimeSpan.FromSeconds(31);

        Assert.Null(Find(1).Node);
        Assert.Equal(Node(1), Find(2).Node);
    }

    [Fact]
    public void What_is_under_way_when_another_manager_takes_over_is_taken_up()
    {
        tracker.Progress(Node(0), Blob, 9000, null, _ => true, now);
        tracker.Progress(Node(1), Blob, 5000, Node(0), _ => true, now);

        Assert.Equal(Node(0), Find(2).Node);
        Assert.NotEqual(Node(1), Find(0, 9000, SourceFault.Broken).Node);
    }

    [Fact]
    public void Who_does_not_give_is_never_a_source() => Assert.All(
        Enumerable.Range(0, 9).Select(n => Find(n, mayServe: _ => false)), choice => Assert.Null(choice.Node));

    /// <summary>Whatever nodes say: ask, ask again for any reason, end, give up, fall silent.</summary>
    /// <remarks>Readers that are slow themselves are not counted among four: with nobody measured, none is slow.</remarks>
    [Theory]
    [InlineData(24, 4)]
    [InlineData(0, 12)]
    public void Nobody_ever_reads_from_itself_by_way_of_others_and_nobody_feeds_too_many(int measureHours, int most) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), steps =>
        {
            var (state, sources) = (new BlobTracker(Measuring(measureHours)), new Dictionary<NodeId, NodeId?>());
            var clock = DateTimeOffset.UnixEpoch;
            foreach (var step in steps)
            {
                var (node, what) = (Node((int)((uint)step % 17)), (uint)step / 17 % 12);
                clock += TimeSpan.FromSeconds(1);
                if (what == 10 && sources.Remove(node))
                {
                    state.AddHolder(node, Blob, 1000, clock);
                }
                else if (what == 11)
                {
                    sources.Remove(node);
                    state.GiveUp(node, Blob);
                }
                else
                {
                    var fault = sources.ContainsKey(node) ? (SourceFault)(what % 7) : SourceFault.None;
                    sources[node] = state.Find(
                        node, Blob, what * 1000, fault, sources.GetValueOrDefault(node), _ => true, clock).Node;
                }

                foreach (var reader in sources.Keys) // Those who read say so.
                    state.Progress(reader, Blob, 0, sources[reader], _ => true, clock);
                if (HasCycle(sources) || sources.Values.OfType<NodeId>().CountBy(n => n).Any(n => n.Value > most))
                    return false;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(300));

    private static SharingOptions Measuring(int hours) =>
        hours == 0 ? new SharingOptions() : new SharingOptions { Measure = TimeSpan.FromHours(hours) };

    private static bool HasCycle(Dictionary<NodeId, NodeId?> sources) => sources.Keys.Any(start =>
    {
        var at = (NodeId?)start;
        for (var hops = 0; at is { } node; hops++)
        {
            if (hops > sources.Count)
                return true;
            at = sources.GetValueOrDefault(node);
        }

        return false;
    });

    private static NodeId Node(int number) => new($"n{number}");

    private SourceChoice Find(
        int node, long offset = 0, SourceFault fault = SourceFault.None, int? failed = null,
        Func<NodeId, bool>? mayServe = null) =>
        tracker.Find(
            Node(node), Blob, offset, fault, failed is { } number ? Node(number) : null, mayServe ?? (_ => true), now);
}
