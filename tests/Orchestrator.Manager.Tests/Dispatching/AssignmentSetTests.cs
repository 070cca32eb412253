using Orchestrator.Manager.Dispatching;
using Orchestrator.Model;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Manager.Tests.Dispatching;

public sealed class AssignmentSetTests
{
    private readonly World world = new();

    public AssignmentSetTests()
    {
        world.Add(World.Node("n1"), World.Node("n2"));
        world.Add(Network("net", "10.0.1.0/24"), Network("other", "10.0.2.0/24"));
        world.Add(OnNetwork("a", "n1", "net", "10.0.1.2/24"), OnNetwork("b", "n2", "net", "10.0.1.3/24"));
        world.Add(OnNetwork("c", "n2", "other", "10.0.2.2/24"));
    }

    [Fact]
    public void A_node_learns_its_tasks_and_who_is_on_their_networks_and_nothing_else()
    {
        var changes = Of("n1").Since(AssignmentSet.Empty).ToList();

        Assert.Equal("a", Assert.Single(changes, c => c.Task is not null).Task.Id);
        Assert.Equal("net", Assert.Single(changes, c => c.Network is not null).Network.Id);
        Assert.Equal(["a", "b"], changes.Where(c => c.Endpoint is not null).Select(c => c.Endpoint.Id).Order().ToArray());
    }

    [Fact]
    public void Increments_lead_from_what_was_told_to_what_is()
    {
        var told = Of("n1");

        world.Do(tx => tx.Tasks.Update(tx.Tasks.Get("b")! with
        {
            Status = new Model.TaskStatus { State = TaskState.Running },
        }));
        var increment = Assert.Single(Of("n1").Since(told));

        Assert.True(increment.Endpoint.Ready);
        Assert.Equal("b", increment.Endpoint.Id);
    }

    [Fact]
    public void A_nodes_own_report_is_not_sent_back_to_it_as_a_task()
    {
        var told = Of("n1");

        world.Do(tx => tx.Tasks.Update(tx.Tasks.Get("a")! with
        {
            Status = new Model.TaskStatus { State = TaskState.Starting },
        }));

        Assert.DoesNotContain(Of("n1").Since(told), c => c.Task is not null);
    }

    [Fact]
    public void What_is_wanted_of_a_task_is_sent_when_it_changes()
    {
        var told = Of("n1");

        world.Do(tx => tx.Tasks.Update(tx.Tasks.Get("a")! with { DesiredState = TaskState.Shutdown }));

        Assert.Equal(P.TaskState.Shutdown, Assert.Single(Of("n1").Since(told), c => c.Task is not null).Task.DesiredState);
    }

    [Fact]
    public void The_endpoints_of_a_lost_node_are_taken_back()
    {
        var told = Of("n1");

        world.Change(world.NodeNow("n2") with
        {
            Status = new NodeStatus { State = NodeState.Down, Address = "192.0.2.1" },
        });
        var removal = Assert.Single(Of("n1").Since(told));

        Assert.Equal(P.AssignmentChange.Types.Action.Remove, removal.Action);
        Assert.Equal("b", removal.Endpoint.Id);
    }

    [Fact]
    public void With_its_last_task_a_node_forgets_the_network()
    {
        var told = Of("n1");

        world.Do(tx => tx.Tasks.Delete("a"));

        var changes = Of("n1").Since(told).ToList();
        Assert.All(changes, c => Assert.Equal(P.AssignmentChange.Types.Action.Remove, c.Action));
        Assert.Equal(4, changes.Count);
    }

    [Fact]
    public void Only_nodes_with_a_task_on_a_network_under_IPsec_are_told_its_keys_and_of_each_change_of_them()
    {
        world.Do(tx => tx.Clusters.Create(new Cluster { Id = new ClusterId("one"), NetworkKeys = [Key(1)] }));
        world.Do(tx => tx.Networks.Update(tx.Networks.Get("other")! with
        {
            Allocation = new NetworkAllocation(4097, [new IpamPool("10.0.2.0/24")], NetworkEncryption.Esp),
        }));
        var told = Of("n2");

        world.Do(tx => tx.Clusters.Update(tx.Clusters.Get("one")! with { NetworkKeys = [Key(1), Key(2)] }));

        var networks = Of("n2").Since(AssignmentSet.Empty).Select(c => c.Network).Where(n => n is not null).ToList();
        Assert.Equal([0, 2], networks.OrderBy(n => n.Id, StringComparer.Ordinal).Select(n => n.Keys.Count));
        Assert.Equal("other", Assert.Single(Of("n2").Since(told)).Network.Id);
        Assert.All(Of("n1").Since(AssignmentSet.Empty), c => Assert.Equal(0, c.Network?.Keys.Count ?? 0));

        static NetworkKey Key(int number) => new(number, $"secret{number}", DateTimeOffset.UnixEpoch, number == 1);
    }

    [Fact]
    public void Views_that_nothing_has_touched_stay_the_same_objects()
    {
        var before = ClusterNetworks.Empty.Advance(world.Root);
        world.Do(tx => tx.Tasks.Update(tx.Tasks.Get("c")! with
        {
            Status = new Model.TaskStatus { State = TaskState.Running },
        }));

        var after = before.Advance(world.Root);

        Assert.Same(before.Views["net"], after.Views["net"]);
        Assert.NotSame(before.Views["other"], after.Views["other"]);
    }

    private static Network Network(string name, string subnet) => new()
    {
        Id = new NetworkId(name),
        Spec = new NetworkSpec { Annotations = Annotations.Named(name) },
        Allocation = new NetworkAllocation(4096, [new IpamPool(subnet)]),
    };

    private static OrchTask OnNetwork(string id, string node, string network, string address) =>
        World.Task(id, "web", 1, TaskState.Assigned, node) with
        {
            Networks = [new TaskNetwork(new NetworkId(network), [address], [])],
        };

    private AssignmentSet Of(string node) =>
        AssignmentSet.Of(new NodeId(node), ClusterNetworks.Empty.Advance(world.Root));
}
