using System.Collections.Immutable;
using Orchestrator.Manager.Scheduling;
using Orchestrator.Model;

namespace Orchestrator.Manager.Tests.Scheduling;

public sealed class SchedulingPlannerTests
{
    private readonly World world = new();

    [Fact]
    public void Tasks_of_a_service_spread_before_the_nodes_are_evened_out()
    {
        world.Add(World.Node("n1"), World.Node("n2"));
        world.Add(
            World.Task("x1", "other", 1, TaskState.Running, "n1"), World.Task("x2", "other", 2, TaskState.Running, "n1"),
            World.Task("a", "web", 1, TaskState.Pending), World.Task("b", "web", 2, TaskState.Pending));

        var placed = Plan();

        Assert.Equal(["n1", "n2"], placed.Select(t => t.NodeId.Value).Order().ToArray());
    }

    [Fact]
    public void What_is_reserved_is_not_given_twice_even_by_tasks_that_are_still_stopping()
    {
        world.Add(World.Node("n1"));
        var big = new TaskSpec
        {
            Container = new ContainerSpec { Image = "web" },
            Resources = new ResourceRequirements { Reservations = new Resources(3_000_000_000, 0) },
        };
        world.Add(
            World.Task("old", "web", 1, TaskState.Running, "n1") with { Spec = big, DesiredState = TaskState.Shutdown },
            World.Task("new", "web", 1, TaskState.Pending) with { Spec = big });

        var task = Assert.Single(Plan());

        Assert.Equal("no suitable node (insufficient resources on 1 node)", task.Status.Error);
        Assert.Equal(TaskState.Pending, task.Status.State);
    }

    [Fact]
    public void Every_reason_is_counted_once_a_node()
    {
        world.Add(World.Node("n1", NodeState.Down), World.Node("n2"), World.Node("n3"));
        world.Change(world.NodeNow("n2") with { Spec = new NodeSpec { Availability = NodeAvailability.Drain } });
        world.Add(World.Task("a", "web", 1, TaskState.Pending) with
        {
            Spec = World.Task("a", "web", 1, TaskState.Pending).Spec with
            {
                Placement = new Placement { Constraints = ["node.id==n9"] },
            },
        });

        var task = Assert.Single(Plan());

        Assert.Equal(
            "no suitable node (2 nodes not available for new tasks; scheduling constraints not satisfied on 1 node)",
            task.Status.Error);
    }

    [Fact]
    public void An_explanation_that_stands_is_not_written_again()
    {
        world.Add(World.Task("a", "web", 1, TaskState.Pending));
        var first = Assert.Single(Plan());
        world.Do(tx => tx.Tasks.Update(first));

        Assert.Empty(Plan());
    }

    [Fact]
    public void A_node_on_which_the_version_keeps_failing_goes_last()
    {
        world.Add(World.Node("n1"), World.Node("n2"));
        for (var i = 0; i < 5; i++)
        {
            world.Add(World.Task($"f{i}", "web", 1, TaskState.Failed, "n1") with
            {
                DesiredState = TaskState.Shutdown, Status = new Model.TaskStatus
                {
                    State = TaskState.Failed, Timestamp = world.Now,
                },
            });
        }

        world.Add(
            World.Task("x", "web", 2, TaskState.Running, "n2"), World.Task("a", "web", 1, TaskState.Pending));
        Assert.Equal("n2", Assert.Single(Plan()).NodeId.Value);

        world.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("n1", Assert.Single(Plan()).NodeId.Value);
    }

    [Fact]
    public void No_node_gets_more_replicas_than_its_bound()
    {
        world.Add(World.Node("n1"), World.Node("n2"));
        for (var slot = 1UL; slot <= 3; slot++)
        {
            var task = World.Task($"t{slot}", "web", slot, TaskState.Pending);
            world.Add(task with { Spec = task.Spec with { Placement = new Placement { MaxReplicasPerNode = 1 } } });
        }

        var planned = Plan();

        Assert.Equal(2, planned.Count(t => t.Status.State == TaskState.Assigned));
        Assert.Single(planned, t => t.Status.Error == "no suitable node (max replicas per node limit exceeded on 2 nodes)");
    }

    [Fact]
    public void Branches_of_a_spread_preference_are_evened_out_first()
    {
        world.Add(Labelled("n1", "east"), Labelled("n2", "east"), Labelled("n3", "west"));
        for (var slot = 1UL; slot <= 4; slot++)
        {
            var task = World.Task($"t{slot}", "web", slot, TaskState.Pending);
            world.Add(task with
            {
                Spec = task.Spec with { Placement = new Placement { SpreadOver = ["node.labels.zone"] } },
            });
        }

        Assert.Equal(2, Plan().Count(t => t.NodeId.Value == "n3"));
    }

    [Fact]
    public void A_host_port_is_on_a_node_once()
    {
        world.Add(World.Node("n1"), World.Node("n2"));
        var endpoint = new ServiceEndpoint { Ports = [new PortConfig(PortProtocol.Tcp, 80, 8080, PublishMode.Host)] };
        world.Add(
            World.Task("a", "web", 1, TaskState.Running, "n1") with { Endpoint = endpoint },
            World.Task("b", "other", 1, TaskState.Pending) with { Endpoint = endpoint });

        Assert.Equal("n2", Assert.Single(Plan()).NodeId.Value);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", "n1")]
    [InlineData("10.0.0.1", "10.0.0.1", "n2")]
    [InlineData("10.0.0.1", "", "n2")]
    [InlineData("0.0.0.0", "10.0.0.1", "n2")]
    public void A_host_port_is_on_an_address_of_a_node_once(string taken, string wanted, string node)
    {
        world.Add(World.Node("n1"), World.Node("n2"));
        ServiceEndpoint At(string ip) =>
            new() { Ports = [new PortConfig(PortProtocol.Tcp, 80, 8080, PublishMode.Host) { HostIp = ip }] };
        world.Add(
            World.Task("a", "web", 1, TaskState.Running, "n1") with { Endpoint = At(taken) },
            World.Task("b", "other", 1, TaskState.Running, "n2"),
            World.Task("d", "third", 1, TaskState.Running, "n2"),
            World.Task("c", "other", 1, TaskState.Pending) with { Endpoint = At(wanted) });

        Assert.Equal(node, Assert.Single(Plan()).NodeId.Value);
    }

    [Fact]
    public void A_task_lands_where_the_kernel_has_what_its_network_needs()
    {
        world.Add(With(World.Node("n1"), ("vxlan", "ok"), ("wireguard", "EOPNOTSUPP"), ("esp", "EPROTONOSUPPORT")),
            With(World.Node("n2"), ("vxlan", "ok"), ("wireguard", "EOPNOTSUPP"), ("esp", "ok")));
        AddTaskOnEncryptedOverlay();

        Assert.Equal("n2", Assert.Single(Plan()).NodeId.Value);
    }

    [Fact]
    public void A_task_whose_network_no_kernel_can_make_says_which_feature_is_missing()
    {
        world.Add(With(World.Node("n1"), ("vxlan", "ok"), ("wireguard", "EOPNOTSUPP, Unknown device type")),
            World.Node("n2", NodeState.Down));
        AddTaskOnEncryptedOverlay();

        var task = Assert.Single(Plan());

        Assert.Equal(
            "no suitable node (1 node not available for new tasks; kernel lacks wireguard or esp for a network of the "
            + "task on 1 node)", task.Status.Error);
    }

    [Fact]
    public void A_task_lands_where_the_link_is_that_its_network_stands_on()
    {
        world.Add(On(World.Node("n1"), "eth0"), On(World.Node("n2"), "eth0", "eth1"));
        AddTaskOnSegment("eth1.42");

        Assert.Equal("n2", Assert.Single(Plan()).NodeId.Value);
    }

    [Fact]
    public void A_task_whose_network_stands_on_a_link_that_no_node_has_says_which()
    {
        world.Add(On(World.Node("n1"), "eth0"));
        AddTaskOnSegment("eth7");

        Assert.Equal("no suitable node (no link eth7 for network lan on 1 node)", Assert.Single(Plan()).Status.Error);
    }

    [Fact]
    public void A_node_s_own_configuration_says_which_link_a_network_stands_on_there()
    {
        var own = On(World.Node("n1"), "eno1");
        world.Add(
            own with
            {
                Description = own.Description! with
                {
                    ConfigNetworks = ImmutableSortedDictionary<string, string>.Empty.Add("lan-config", "eno1"),
                },
            },
            On(World.Node("n2"), "eno1"));
        AddTaskOnSegment("eth1", "lan-config");

        Assert.Equal("n1", Assert.Single(Plan()).NodeId.Value);
    }

    [Fact]
    public void A_node_that_did_not_say_what_its_kernel_can_do_is_not_passed_over()
    {
        world.Add(World.Node("n1"));
        AddTaskOnEncryptedOverlay();

        Assert.Equal("n1", Assert.Single(Plan()).NodeId.Value);
    }

    [Theory]
    [InlineData("overlay", "", "bridge veth vxlan")]
    [InlineData("macvlan", "eth0", "macvlan")]
    [InlineData("macvlan", "eth0.42", "macvlan 8021q")]
    [InlineData("ipvlan", "eth0", "ipvlan")]
    [InlineData("vlan", "eth0", "bridge veth 8021q")]
    public void Each_driver_needs_what_it_is_made_of(string driver, string parent, string features)
    {
        var spec = new NetworkSpec
        {
            Annotations = Annotations.Named("net"),
            Driver = driver,
            DriverOptions = ImmutableSortedDictionary<string, string>.Empty.Add("parent", parent),
        };

        Assert.Equal(features.Split(' '), NetworkNeeds.Of(spec));
    }

    private static Node On(Node node, params string[] links) =>
        node with { Description = node.Description! with { Links = [.. links] } };

    private void AddTaskOnSegment(string parent, string configFrom = "")
    {
        world.Add(new Network
        {
            Id = new NetworkId("lan"),
            Spec = new NetworkSpec
            {
                Annotations = Annotations.Named("lan"),
                Driver = "macvlan",
                ConfigFrom = configFrom,
                DriverOptions = ImmutableSortedDictionary<string, string>.Empty.Add("parent", parent),
            },
        });
        world.Add(World.Task("a", "web", 1, TaskState.Pending) with
        {
            Networks = [new TaskNetwork(new NetworkId("lan"), ["10.0.9.2/24"], [])],
        });
    }

    private void AddTaskOnEncryptedOverlay()
    {
        world.Add(new Network
        {
            Id = new NetworkId("secret"),
            Spec = new NetworkSpec
            {
                Annotations = Annotations.Named("secret"),
                DriverOptions = ImmutableSortedDictionary<string, string>.Empty.Add("encrypted", ""),
            },
        });
        world.Add(World.Task("a", "web", 1, TaskState.Pending) with
        {
            Networks = [new TaskNetwork(new NetworkId("secret"), [], [])],
        });
    }

    private static Node With(Node node, params (string Feature, string Outcome)[] features) => node with
    {
        Description = node.Description! with
        {
            NetworkFeatures = features.Append(("bridge", "ok")).Append(("veth", "ok"))
                .ToImmutableSortedDictionary(f => f.Item1, f => f.Item2),
        },
    };

    private static Node Labelled(string id, string zone) => World.Node(id) with
    {
        Spec = new NodeSpec
        {
            Annotations = new Annotations("", ImmutableSortedDictionary<string, string>.Empty.Add("zone", zone)),
        },
    };

    private ImmutableArray<OrchTask> Plan() =>
        new SchedulingPlanner(new SchedulerOptions()).Plan(world.Root, world.Now).Changed;
}
