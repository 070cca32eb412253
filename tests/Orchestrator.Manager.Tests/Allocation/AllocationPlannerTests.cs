using System.Collections.Immutable;
using Orchestrator.Manager.Allocation;
using Orchestrator.Model;

namespace Orchestrator.Manager.Tests.Allocation;

public sealed class AllocationPlannerTests
{
    private readonly World world = new();
    private AllocatorMemory memory = AllocatorMemory.Empty;

    [Fact]
    public void A_network_gets_an_identifier_and_a_subnet_that_overlaps_no_other()
    {
        world.Add(Network("a", "10.0.0.0/24"), Network("b"), Network("c"));

        Settle();

        Assert.Equal(["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"], Pools().Order().ToArray());
        var identifiers = world.Root.Networks.All.Select(n => n.Allocation!.Vni).ToList();
        Assert.Equal(3, identifiers.Distinct().Count());
        Assert.All(identifiers, vni => Assert.InRange(vni, 4096, 0xffffff));
        Assert.Equal("10.0.0.1", world.Root.Networks.Get("a")!.Allocation!.Pools[0].Gateway);
    }

    [Fact]
    public void No_two_networks_have_one_identifier_though_both_would_begin_with_the_same()
    {
        var options = new AllocatorOptions { FirstVni = 0xfffffe }; // Two are left: every other id begins alike.
        var one = NetworkAllocator.Allocate(Network("a"), [], null, [], options)!;
        var other = NetworkAllocator.Allocate(Network("c"), [], null, [], options)!;
        var beside = NetworkAllocator.Allocate(Network("c"), [one], null, [], options)!;

        Assert.Equal(one.Allocation!.Vni, other.Allocation!.Vni);
        Assert.NotEqual(one.Allocation.Vni, beside.Allocation!.Vni);
    }

    [Fact]
    public void Service_and_tasks_have_addresses_of_their_own_on_each_network()
    {
        world.Add(Network("a"), Network("b"));
        world.Add(Attached("web", "a", "b"));
        world.Add(World.Task("t1", "web", 1, TaskState.New), World.Task("t2", "web", 2, TaskState.New));

        Settle();

        var addresses = world.Root.Tasks.All.SelectMany(t => t.Networks).SelectMany(n => n.Addresses)
            .Concat(world.Root.Services.Get("web")!.Endpoint!.VirtualIps.Select(v => v.Address)).ToList();
        Assert.Equal(6, addresses.Distinct().Count());
        Assert.All(world.Root.Tasks.All, t => Assert.Equal(TaskState.Pending, t.Status.State));
        Assert.DoesNotContain("10.0.0.1/24", addresses);
    }

    [Fact]
    public void A_segment_of_the_world_outside_has_addresses_but_no_tunnel_and_no_virtual_ones()
    {
        var lan = Network("lan", "10.42.0.0/24");
        world.Add(lan with
        {
            Spec = lan.Spec with
            {
                Driver = "macvlan",
                Pools = [lan.Spec.Pools[0] with { Auxiliary = ImmutableSortedDictionary<string, string>.Empty.Add("nas", "10.42.0.2") }],
            },
        });
        world.Add(Network("back"));
        world.Add(Attached("web", "lan", "back"));
        world.Add(World.Task("t1", "web", 1, TaskState.New));

        Settle();

        var web = world.Root.Services.Get("web")!;
        Assert.Equal(0, world.Root.Networks.Get("lan")!.Allocation!.Vni);
        Assert.Equal(["back"], web.Endpoint!.VirtualIps.Select(vip => vip.NetworkId.Value));
        Assert.Equal("10.42.0.3/24", world.Root.Tasks.Get("t1")!.Networks[0].Addresses[0]); // .2 is the nas's.
    }

    [Fact]
    public void A_subnet_hides_no_route_of_any_node()
    {
        world.Add(Routed("n1", "10.0.0.0/16", "192.168.7.0/24"), Routed("n2", "10.1.0.7/32"));
        world.Add(Network("a"), Network("b"));

        Settle();

        Assert.Equal(["10.1.1.0/24", "10.1.2.0/24"], Pools().Order().ToArray());
    }

    [Fact]
    public void Where_a_route_takes_the_whole_default_pool_subnets_come_from_other_private_blocks()
    {
        world.Add(Routed("n1", "10.0.0.0/8", "172.17.0.0/16"));
        world.Add(Network("a"));

        Settle();

        Assert.Equal(["172.16.0.0/24"], Pools());
    }

    [Fact]
    public void A_full_network_grows_by_a_subnet_and_gives_out_each_address_once()
    {
        world.Add(Network("a"));
        world.Add(Routed("n1", "10.0.1.128/25"));
        world.Add(Attached("web", "a"));
        AddTasks(600);
        Settle();

        var addresses = world.Root.Tasks.All.Select(t => t.Networks[0].Addresses[0]).ToList();
        Assert.Equal(600, addresses.Distinct().Count());
        var pools = world.Root.Networks.Get("a")!.Allocation!.Pools;
        Assert.Equal(["10.0.0.0/24", "10.0.2.0/24", "10.0.3.0/24"], pools.Select(p => p.Subnet));
        Assert.All(pools, pool => Assert.DoesNotContain(pool.Gateway + "/24", addresses));
        Assert.DoesNotContain(addresses, a => a.EndsWith(".0/24", StringComparison.Ordinal) || a.EndsWith(".255/24", StringComparison.Ordinal));
    }

    [Fact]
    public void Addresses_that_were_asked_for_are_given_to_their_slots_and_to_nobody_else()
    {
        world.Add(Network("a", "10.9.0.0/29"));
        world.Add(Asking("web", "10.9.0.4-10.9.0.5", "10.9.0.3"));
        world.Add(TaskOf("web", "t1", 1), TaskOf("web", "t2", 2));
        Settle();
        world.Add(Attached("other", "a"));
        world.Add(TaskOf("other", "o1", 1));
        Settle();

        Assert.Equal("10.9.0.3/29", world.Root.Services.Get("web")!.Endpoint!.VirtualIps.Single().Address);
        Assert.Equal("10.9.0.4/29", AddressOf("t1"));
        Assert.Equal("10.9.0.5/29", AddressOf("t2"));
        Assert.Equal("10.9.0.6/29", AddressOf("o1"));
    }

    [Fact]
    public void A_task_waits_for_its_own_address_until_the_one_before_it_is_gone_and_no_longer()
    {
        world.Add(Network("a", "10.9.0.0/24"));
        world.Add(Asking("web", "10.9.0.4", ""));
        world.Add(TaskOf("web", "t1", 1));
        Settle();
        world.Add(TaskOf("web", "t2", 1));
        Settle();
        Assert.Equal("address 10.9.0.4 of network a is taken; it is given once nobody has it", world.Root.Tasks.Get("t2")!.Status.Error);

        world.Report(world.Root.Tasks.Get("t1")!, TaskState.Failed);
        Settle();

        Assert.Equal("10.9.0.4/24", AddressOf("t2"));
    }

    [Fact]
    public void A_released_address_rests_before_it_is_given_again()
    {
        world.Add(Network("a", "10.9.0.0/29"));
        world.Add(Attached("web", "a"));
        AddTasks(4);
        Settle();
        world.Report(world.Root.Tasks.Get("t1")!, TaskState.Failed);
        Settle();

        world.Add(World.Task("late", "web", 9, TaskState.New));
        var wake = Settle();
        Assert.Equal(TaskState.New, world.Root.Tasks.Get("late")!.Status.State);
        Assert.Contains("network a has no free address in 10.9.0.0/29", world.Root.Tasks.Get("late")!.Status.Error, StringComparison.Ordinal);
        Assert.Equal(world.Now + TimeSpan.FromSeconds(60), wake);
        world.Time.Advance(TimeSpan.FromSeconds(60));
        Settle();

        Assert.Equal(TaskState.Pending, world.Root.Tasks.Get("late")!.Status.State);
    }

    [Fact]
    public void The_next_address_is_the_one_after_the_last()
    {
        world.Add(Network("a"));
        world.Add(Attached("web", "a"));
        AddTasks(1);
        Settle();
        world.Report(world.Root.Tasks.Get("t1")!, TaskState.Failed);
        Settle();
        world.Time.Advance(TimeSpan.FromHours(1)); // It has rested long enough, and yet comes last.
        Settle();

        world.Add(World.Task("t2", "web", 1, TaskState.New));
        Settle();

        Assert.Equal("10.0.0.3/24", world.Root.Tasks.Get("t1")!.Networks[0].Addresses[0]);
        Assert.Equal("10.0.0.4/24", world.Root.Tasks.Get("t2")!.Networks[0].Addresses[0]);
    }

    [Fact]
    public void An_open_port_is_chosen_from_the_dynamic_range_and_kept()
    {
        world.Add(Network("ingress") with { Spec = Spec("ingress") with { Ingress = true } });
        world.Add(Publishing("one", 0), Publishing("two", 0), Publishing("three", 30_000));
        Settle();
        var chosen = world.Root.Services.All.Select(s => s.Endpoint!.Ports[0].PublishedPort).ToList();

        Assert.Equal([30_000, 30_001, 30_002], chosen.Order().ToArray());
        world.Respec("one", s => s with
        {
            Endpoint = new EndpointSpec { Ports = [.. s.Endpoint.Ports, new PortConfig(PortProtocol.Udp, 53, 53)] },
        });
        var before = world.Root.Services.Get("one")!.Endpoint!.Ports[0].PublishedPort;
        Settle();

        Assert.Equal(before, world.Root.Services.Get("one")!.Endpoint!.Ports[0].PublishedPort);
        Assert.Equal(2, world.Root.Services.Get("one")!.Endpoint!.Ports.Length);
    }

    [Fact]
    public void A_port_that_somebody_asked_for_while_it_was_being_chosen_is_that_ones_and_another_is_chosen()
    {
        world.Add(Network("ingress") with { Spec = Spec("ingress") with { Ingress = true } });
        Settle();
        world.Add(Publishing("one", 0));
        var plan = new AllocationPlanner(new AllocatorOptions()).Plan(world.Root, memory, world.Now);

        world.Add(Publishing("quicker", 30_000));
        world.Do(tx => ServiceAllocator.Write(Assert.Single(plan.Services), tx));
        var meanwhile = world.Root.Services.Get("one")!.Endpoint;
        Settle();

        Assert.Null(meanwhile);
        Assert.Equal(30_001, PortOf("one"));
    }

    [Fact]
    public void A_port_that_two_have_is_kept_by_who_asked_for_it()
    {
        world.Add(Network("ingress") with { Spec = Spec("ingress") with { Ingress = true } });
        world.Add(Publishing("one", 0));
        Settle();
        world.Add(Publishing("other", 30_000));

        world.Respec("one", spec => spec with { Endpoint = spec.Endpoint with { Mode = EndpointMode.DnsRoundRobin } });
        Settle();

        Assert.Equal(30_001, PortOf("one"));
        Assert.Equal(30_000, PortOf("other"));
    }

    [Fact]
    public void An_open_port_is_none_that_a_service_has_on_its_tasks_nodes()
    {
        world.Add(Network("ingress") with { Spec = Spec("ingress") with { Ingress = true } });
        var host = Publishing("host", 30_000);
        var port = host.Spec.Endpoint.Ports[0] with { Mode = PublishMode.Host };
        world.Add(host with { Spec = host.Spec with { Endpoint = new EndpointSpec { Ports = [port] } } });
        world.Add(Publishing("one", 0));

        Settle();

        Assert.Equal(30_001, PortOf("one"));
    }

    [Fact]
    public void An_open_port_is_none_that_managers_answer_at()
    {
        world.Add(Network("ingress") with { Spec = Spec("ingress") with { Ingress = true } });
        world.Add(World.Node("m1") with { Manager = new ManagerStatus(1, "192.0.2.1:30000", Reachability.Reachable, true) });
        world.Add(Publishing("one", 0));

        Settle();

        Assert.Equal(30_001, PortOf("one"));
    }

    [Fact]
    public void Every_node_has_an_address_on_the_ingress_network()
    {
        world.Add(Network("ingress") with { Spec = Spec("ingress") with { Ingress = true } });
        world.Add(World.Node("n1"), World.Node("n2"));

        Settle();

        Assert.Equal(["10.0.0.2/24", "10.0.0.3/24"], world.Root.Nodes.All.Select(n => n.IngressAddress).Order().ToArray());
    }

    [Fact]
    public void A_new_leader_gives_no_address_that_a_node_has()
    {
        world.Add(Network("ingress") with { Spec = Spec("ingress") with { Ingress = true } });
        world.Add(World.Node("n1"), World.Node("n2"));
        Settle();
        memory = AllocatorMemory.Empty;

        world.Add(Publishing("web", 8080));
        AddTasks(1);
        Settle();

        Assert.Equal("10.0.0.5/24", AddressOf("t1")); // The one before it is the service's.
    }

    [Fact]
    public void What_is_settled_is_left_alone()
    {
        world.Add(Network("ingress") with { Spec = Spec("ingress") with { Ingress = true } });
        world.Add(World.Node("n1"));
        world.Add(Publishing("one", 0));
        world.Add(World.Task("t1", "one", 1, TaskState.New));
        Settle();

        Assert.True(new AllocationPlanner(new AllocatorOptions()).Plan(world.Root, memory, world.Now).IsEmpty);
    }

    private static NetworkSpec Spec(string name) => new() { Annotations = Annotations.Named(name) };

    private static Network Network(string name, string subnet = "") => new()
    {
        Id = new NetworkId(name),
        Spec = Spec(name) with { Pools = subnet.Length > 0 ? [new IpamPool(subnet)] : [] },
    };

    private static Node Routed(string name, params string[] routes) =>
        World.Node(name) with { Description = new NodeDescription { Routes = [.. routes] } };

    private static Service Attached(string name, params string[] networks)
    {
        var service = World.Service(name, 1);
        return service with
        {
            Spec = service.Spec with
            {
                Task = service.Spec.Task with { Networks = [.. networks.Select(n => new NetworkAttachment(n, []))] },
            },
        };
    }

    private string AddressOf(string task) => world.Root.Tasks.Get(task)!.Networks[0].Addresses[0];

    private OrchTask TaskOf(string service, string id, ulong slot) =>
        World.Task(id, service, slot, TaskState.New) with { Spec = world.Root.Services.Get(service)!.Spec.Task };

    private static Service Asking(string name, string addresses, string vip)
    {
        var service = Attached(name, "a");
        var attachment = new NetworkAttachment("a", []) { Addresses = addresses, VirtualIp = vip };
        return service with
        {
            Spec = service.Spec with { Task = service.Spec.Task with { Networks = [attachment] } },
        };
    }

    private static Service Publishing(string name, int port)
    {
        var service = World.Service(name, 1);
        return service with
        {
            Spec = service.Spec with
            {
                Endpoint = new EndpointSpec { Ports = [new PortConfig(PortProtocol.Tcp, 80, port)] },
            },
        };
    }

    private int PortOf(string service) => world.Root.Services.Get(service)!.Endpoint!.Ports[0].PublishedPort;

    private string[] Pools() => [.. world.Root.Networks.All.Select(n => n.Allocation!.Pools[0].Subnet)];

    private void AddTasks(int count)
    {
        for (var slot = 1; slot <= count; slot++)
            world.Add(World.Task($"t{slot}", "web", (ulong)slot, TaskState.New));
    }

    // Passes until nothing is left to give out.
    private DateTimeOffset? Settle()
    {
        for (var pass = 0; ; pass++)
        {
            Assert.True(pass < 10, "the allocator does not come to rest");
            var plan = new AllocationPlanner(new AllocatorOptions()).Plan(world.Root, memory, world.Now);
            memory = plan.Memory;
            if (plan.IsEmpty)
                return plan.Wake;
            world.Do(tx =>
            {
                foreach (var network in plan.Networks)
                    tx.Networks.Update(network);
                foreach (var node in plan.Nodes)
                    tx.Nodes.Update(node);
                foreach (var service in plan.Services)
                    ServiceAllocator.Write(service, tx);
                foreach (var task in plan.Tasks)
                    tx.Tasks.Update(task);
            });
        }
    }
}
