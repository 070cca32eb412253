using Orchestrator.Manager.Diagnosis;
using Orchestrator.Manager.Tests.Scenarios;
using Orchestrator.Model;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Manager.Tests.Diagnosis;

public sealed class DiagnosisTests
{
    private readonly World world = new();

    public DiagnosisTests() => world.Add(new Network
    {
        Id = new NetworkId("back"),
        Spec = new NetworkSpec { Annotations = Annotations.Named("back") },
        Allocation = new NetworkAllocation(4096, [new IpamPool("10.0.1.0/24")]),
    });

    [Fact]
    public void A_node_that_was_told_what_is_stored_has_nothing_said_against_it()
    {
        var digests = ClusterComplaints.DigestsOf(world.Root);

        Assert.Empty(ClusterComplaints.Of(Knowing(digests["back"]), World.Node("n1"), world.Root, digests));
    }

    [Fact]
    public void A_node_that_was_told_something_else_is_complained_of_unless_it_changed_just_now()
    {
        var digests = ClusterComplaints.DigestsOf(world.Root);
        var before = new Dictionary<string, string> { ["back"] = "another" };

        var complaint = Assert.Single(ClusterComplaints.Of(Knowing("stale"), World.Node("n1"), world.Root, digests));

        Assert.Equal("network back", complaint.Place);
        Assert.Empty(ClusterComplaints.Of(Knowing("stale"), World.Node("n1"), world.Root, before));
    }

    [Theory]
    [InlineData(TaskState.Running, "has tasks on the node, which was not told of it")]
    [InlineData(TaskState.Assigned, "")]
    public void A_node_that_was_not_told_of_a_network_is_complained_of_once_a_task_of_it_runs_there(TaskState state, string said)
    {
        var attached = new TaskNetwork(new NetworkId("back"), ["10.0.1.3/24"], []);
        world.Add(World.Node("n1"), World.Node("n2"));
        world.Add(World.Task("t1", "web", 1, state, "n1") with { Networks = [attached] });
        var digests = ClusterComplaints.DigestsOf(world.Root);

        var here = ClusterComplaints.Of(new P.NodeDiagnosis(), World.Node("n1"), world.Root, digests);

        Assert.Equal(said, string.Join("; ", here.Select(c => c.What)));
        Assert.Empty(ClusterComplaints.Of(new P.NodeDiagnosis(), World.Node("n2"), world.Root, digests));
    }

    [Fact]
    public void A_network_that_hides_a_route_of_a_node_is_named_with_the_route()
    {
        var digests = ClusterComplaints.DigestsOf(world.Root);
        var node = World.Node("n1") with { Description = new NodeDescription { Routes = ["10.0.0.0/16", "192.0.2.0/24"] } };

        var complaint = Assert.Single(ClusterComplaints.Of(Knowing(digests["back"]), node, world.Root, digests));

        Assert.Equal("its subnet 10.0.1.0/24 hides 10.0.0.0/16, which the host has a route to", complaint.What);
    }

    [Theory]
    [InlineData("n1", "10.0.0.0/8", "has no subnet, for none of the cluster's pools is free beside 10.0.0.0/8, which the host has a route to")]
    [InlineData("n2", "10.0.0.0/8", "")]
    [InlineData("n1", "203.0.113.0/24", "")] // It is about to get one.
    public void A_network_without_a_subnet_is_named_with_the_route_that_takes_it(string asked, string route, string said)
    {
        var routed = World.Node("n1") with { Description = new NodeDescription { Routes = [route] } };
        world.Add(routed, World.Node("n2"));
        world.Do(tx => tx.Clusters.Create(
            new Cluster { Id = new ClusterId("c"), Spec = new ClusterSpec { AddressPools = ["10.30.0.0/16"] } }));
        world.Add(new Network { Id = new NetworkId("full"), Spec = new NetworkSpec { Annotations = Annotations.Named("full") } });
        var digests = ClusterComplaints.DigestsOf(world.Root);

        var found = ClusterComplaints.Of(
            Knowing(digests["back"]), world.Root.Nodes.Get(asked)!, world.Root, digests).Where(c => c.Place == "network full");

        Assert.Equal(said, string.Join("; ", found.Select(c => c.What)));
    }

    [Fact]
    public async Task Every_node_is_asked_and_one_that_says_nothing_or_is_down_is_named()
    {
        world.Add(World.Node("n1"), World.Node("mute"), World.Node("gone", NodeState.Down));
        var options = new DiagnosisOptions { Settling = TimeSpan.Zero };
        var hub = new DiagnosisHub(world.Store, options, world.Time);
        using var ended = new CancellationTokenSource();
        var orders = new TestStream<P.DiagnosisOrder>();
        var attending = hub.AttendAsync(orders, ended.Token);
        var answers = new TestStream<P.NodeDiagnosis>();

        var asking = hub.DiagnoseAsync(new P.DiagnoseRequest { Fix = true }, answers, default);
        var order = await orders.Messages.ReadAsync();
        hub.Take(new NodeId("n1"), new P.NodeDiagnosis { OrderId = order.Id, Hostname = "n1", Places = 3 });
        var told = new Dictionary<string, string>();
        await HearAsync(answers, told, 2);
        world.Time.Advance(options.Patience);
        await HearAsync(answers, told, 1);
        await asking;
        await ended.CancelAsync();

        Assert.True(order.Fix);
        Assert.Equal(["gone", "mute", "n1"], told.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("the node is down", ""), (told["gone"], told["n1"]));
        Assert.StartsWith("the node did not answer", told["mute"], StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attending);
    }

    private static async Task HearAsync(TestStream<P.NodeDiagnosis> answers, Dictionary<string, string> told, int count)
    {
        for (; count > 0; count--)
        {
            var answer = await answers.Messages.ReadAsync();
            told[answer.NodeId] = answer.Complaints.SingleOrDefault()?.What ?? "";
        }
    }

    private static P.NodeDiagnosis Knowing(string digest) => new() { Networks = { ["back"] = digest } };
}
