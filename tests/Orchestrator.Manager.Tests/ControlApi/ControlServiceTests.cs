using System.Collections.Immutable;
using Grpc.Core;
using Orchestrator.Manager.ControlApi;
using Orchestrator.Manager.Tests.Scenarios;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Manager.Tests.ControlApi;

/// <summary>What the control API refuses, and in which words.</summary>
public sealed class ControlServiceTests
{
    [Fact]
    public async Task A_name_that_is_taken_is_refused()
    {
        await using var cluster = await MiniCluster.StartAsync();
        await cluster.CreateAsync(MiniCluster.Spec("web", 0));

        var error = await RefusedAsync(() => cluster.CreateAsync(MiniCluster.Spec("web", 0)));

        Assert.Equal(ErrorCode.NameTaken, error.Code);
        Assert.Equal("name conflicts with an existing object: service web already exists", error.What);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_refused_with_its_owner()
    {
        await using var cluster = await MiniCluster.StartAsync();
        var first = await cluster.CreateAsync(Publishing("web", 8080));

        var error = await RefusedAsync(() => cluster.CreateAsync(Publishing("other", 8080)));

        Assert.Equal(ErrorCode.PortTaken, error.Code);
        Assert.Equal($"port '8080' is already in use by service 'web' ({first.Id}) as an ingress port", error.What);
        Assert.Single(cluster.Store.View().Services.All);
    }

    [Theory]
    [InlineData(PortProtocol.Tcp, 2377, "2377/tcp' is where managers answer nodes and users")]
    [InlineData(PortProtocol.Tcp, 5000, "5000/tcp' is where managers serve the cluster's registry")]
    [InlineData(PortProtocol.Tcp, 7946, "7946/tcp' is where nodes give one another layers of images")]
    [InlineData(PortProtocol.Udp, 4789, "4789/udp' is where nodes take one another's packets of overlays")]
    [InlineData(PortProtocol.Udp, 51820, "51820/udp' is where nodes take one another's packets of encrypted overlays")]
    public async Task A_port_that_nodes_need_themselves_is_published_by_no_service(PortProtocol protocol, int port, string said)
    {
        await using var cluster = await MiniCluster.StartAsync();
        PortConfig Port(PublishMode mode) => new(protocol, 80, port, mode);

        foreach (var mode in new[] { PublishMode.Ingress, PublishMode.Host })
        {
            var error = await RefusedAsync(() => cluster.CreateAsync(
                MiniCluster.Spec("web", 0) with { Endpoint = new EndpointSpec { Ports = [Port(mode)] } }));
            Assert.Equal(ErrorCode.PortTaken, error.Code);
            Assert.Equal($"port '{said}. Publish another port.", error.Message);
        }

        var free = protocol == PortProtocol.Tcp ? PortProtocol.Udp : PortProtocol.Tcp;
        await cluster.CreateAsync(MiniCluster.Spec("web", 0) with
        {
            Endpoint = new EndpointSpec { Ports = [Port(PublishMode.Ingress) with { Protocol = free }] },
        });
        var update = await RefusedAsync(() => cluster.UpdateAsync(
            "web", spec => spec with { Endpoint = new EndpointSpec { Ports = [Port(PublishMode.Ingress)] } }));
        Assert.Equal(ErrorCode.PortTaken, update.Code);
    }

    [Fact]
    public void A_manager_that_answers_at_another_port_has_that_for_itself()
    {
        var world = new World();
        world.Add(World.Node("m1") with { Manager = new ManagerStatus(1, "[fd00::1]:4242", Reachability.Reachable, true) });

        Transact(Publishing("web", 4241));
        var error = Assert.Throws<UserException>(() => Transact(Publishing("web", 4242)));

        Assert.StartsWith("port '4242/tcp' is where managers answer", error.What, StringComparison.Ordinal);

        void Transact(ServiceSpec spec) =>
            world.Store.UpdateAsync(tx => ServiceValidator.Validate(spec, null, tx), default).GetAwaiter().GetResult();
    }

    [Fact]
    public void Of_two_ports_for_packets_of_overlays_the_one_that_this_cluster_has_is_not_free()
    {
        var world = new World();
        world.Do(tx => tx.Clusters.Create(
            new Cluster { Id = new ClusterId("c1"), Spec = new ClusterSpec { DataPathPort = 7789 } }));

        Transact(4789);
        var error = Assert.Throws<UserException>(() => Transact(7789));

        Assert.StartsWith(
            "port '7789/udp' is where nodes take one another's packets of overlays", error.What, StringComparison.Ordinal);

        void Transact(int port)
        {
            var spec = MiniCluster.Spec("web", 0) with
            {
                Endpoint = new EndpointSpec { Ports = [new PortConfig(PortProtocol.Udp, 80, port, PublishMode.Ingress)] },
            };
            world.Store.UpdateAsync(tx => ServiceValidator.Validate(spec, null, tx), default).GetAwaiter().GetResult();
        }
    }

    [Fact]
    public async Task An_update_of_an_old_version_is_out_of_sequence()
    {
        await using var cluster = await MiniCluster.StartAsync();
        var service = await cluster.CreateAsync(MiniCluster.Spec("web", 0));
        await cluster.UpdateAsync("web", spec => spec with { Mode = new ServiceMode.Replicated(1) });

        var error = await RefusedAsync(() => cluster.Manager.Control.UpdateService(
            new P.UpdateServiceRequest
            {
                Id = service.Id, Version = service.Meta.Version, Spec = service.Spec,
            }, cluster.Call()));

        Assert.Equal(ErrorCode.OutOfSequence, error.Code);
        Assert.Equal("update out of sequence", error.What);
    }

    [Theory]
    [InlineData(NodeRole.Manager, CertificateState.Issued)]
    [InlineData(NodeRole.Worker, CertificateState.Rotate)]
    public async Task A_node_that_is_still_being_demoted_is_not_promoted(NodeRole role, CertificateState certificate)
    {
        await using var cluster = await MiniCluster.StartAsync("a");
        var read = (await cluster.Manager.Control.GetNode(new P.GetNodeRequest { Reference = "a" }, cluster.Call())).Node;
        await cluster.Store.UpdateAsync(
            tx => tx.Nodes.Update(
                tx.Nodes.Get("a")! with { Role = role, Certificate = new() { State = certificate } }),
            CancellationToken.None);
        var request = new P.UpdateNodeRequest { Id = read.Id, Version = read.Meta.Version, Spec = read.Spec };
        request.Spec.DesiredRole = P.NodeRole.Manager;

        var error = await RefusedAsync(() => cluster.Manager.Control.UpdateNode(request, cluster.Call()));

        Assert.Equal("node a is still being demoted", error.What);
        Assert.Equal(NodeRole.Worker, cluster.Store.View().Nodes.Get("a")!.Spec.DesiredRole);
    }

    [Fact]
    public async Task What_the_system_writes_gets_in_no_users_way()
    {
        await using var cluster = await MiniCluster.StartAsync("a");
        var read = (await cluster.Manager.Control.GetNode(new P.GetNodeRequest { Reference = "a" }, cluster.Call())).Node;
        await cluster.Store.UpdateAsync(
            tx => tx.Nodes.Update(tx.Nodes.Get("a")! with { Certificate = new() { Csr = "new" } }), CancellationToken.None);

        read.Spec.Availability = P.NodeAvailability.Drain;
        var request = new P.UpdateNodeRequest { Id = "a", Version = read.Meta.Version, Spec = read.Spec };
        await cluster.Manager.Control.UpdateNode(request, cluster.Call());

        var error = await RefusedAsync(() => cluster.Manager.Control.UpdateNode(request, cluster.Call()));
        Assert.Equal("update out of sequence", error.What);
        Assert.Equal("new", cluster.Store.View().Nodes.Get("a")!.Certificate.Csr);
    }

    [Fact]
    public async Task A_rollback_brings_the_spec_before_back_and_a_second_one_goes_forward_again()
    {
        await using var cluster = await MiniCluster.StartAsync();
        await cluster.CreateAsync(MiniCluster.Spec("web", 0, "web:1"));
        await cluster.UpdateAsync(
            "web", spec => spec with { Task = spec.Task with { Container = new ContainerSpec { Image = "web:2" } } });

        Assert.Equal("web:1", (await RollBackAsync(cluster)).Spec.Task.Container.Image);
        Assert.Equal("web:2", (await RollBackAsync(cluster)).Spec.Task.Container.Image);
    }

    [Fact]
    public async Task Services_without_a_name_are_each_given_one()
    {
        await using var cluster = await MiniCluster.StartAsync();

        var first = await cluster.CreateAsync(MiniCluster.Spec("", 0, "web:1"));
        var second = await cluster.CreateAsync(MiniCluster.Spec("", 0, "web:1"));

        Assert.Matches("^[a-z]+_[a-z]+$", first.Spec.Annotations.Name);
        Assert.NotEqual(first.Spec.Annotations.Name, second.Spec.Annotations.Name);
    }

    [Theory]
    [InlineData("-web", "web:1", "name must be valid as a DNS name component")]
    [InlineData("web", "", "ContainerSpec: image reference must be provided")]
    [InlineData("web", "Web:1 x", "ContainerSpec: \"Web:1 x\" is not a valid repository/tag")]
    public async Task A_service_that_cannot_be_is_refused_in_dockers_words(string name, string image, string said)
    {
        await using var cluster = await MiniCluster.StartAsync();

        var error = await RefusedAsync(() => cluster.CreateAsync(MiniCluster.Spec(name, 1, image)));

        Assert.Equal(said, error.What);
        Assert.Empty(cluster.Store.View().Services.All);
    }

    [Fact]
    public async Task An_unknown_network_is_refused_and_a_used_one_stays()
    {
        await using var cluster = await MiniCluster.StartAsync();
        var spec = MiniCluster.Spec("web", 0);
        spec = spec with { Task = spec.Task with { Networks = [new NetworkAttachment("back", [])] } };
        var error = await RefusedAsync(() => cluster.CreateAsync(spec));
        Assert.Equal("network back not found", error.What);
        await cluster.UntilAsync(root => root.Networks.All.All(n => n.Allocation is not null), "the ingress network has the first subnet");

        var network = (await cluster.Manager.Control.CreateNetwork(
            new P.CreateNetworkRequest { Spec = new NetworkSpec { Annotations = Annotations.Named("back") }.ToProto() },
            cluster.Call())).Network;
        var service = await cluster.CreateAsync(spec);
        Assert.Equal(network.Id, service.Spec.Task.Networks[0].Target);
        Assert.Equal("10.0.1.0/24", network.Allocation.Pools[0].Subnet);

        error = await RefusedAsync(
            () => cluster.Manager.Control.RemoveNetwork(new P.RemoveNetworkRequest { Id = "back" }, cluster.Call()));
        Assert.Equal("network back is in use by service web", error.What);
    }

    [Fact]
    public async Task A_network_that_a_removed_services_task_still_has_is_refused_with_that_tasks_name()
    {
        await using var cluster = await MiniCluster.StartAsync();
        await MakeAsync(cluster, new NetworkSpec { Annotations = Annotations.Named("back") });
        var network = cluster.Store.View().Networks.All.Single(n => n.Spec.Name == "back");
        await cluster.Store.UpdateAsync(
            tx => tx.Tasks.Create(World.Task("t1", "web", 1, TaskState.Running) with
            {
                NodeId = new NodeId("n1"), DesiredState = TaskState.Remove,
                Networks = [new TaskNetwork(network.Id, [], [])],
            }), default);

        var error = await RefusedAsync(
            () => cluster.Manager.Control.RemoveNetwork(new P.RemoveNetworkRequest { Id = "back" }, cluster.Call()));

        Assert.Equal("network back is in use by task web.1.t1", error.What);
    }

    [Fact]
    public async Task Networks_with_the_same_addresses_are_kept_apart_and_no_service_is_on_two_of_them()
    {
        await using var cluster = await MiniCluster.StartAsync();
        foreach (var name in new[] { "one", "two" })
        {
            var network = new NetworkSpec { Annotations = Annotations.Named(name), Pools = [new IpamPool("10.7.0.0/24")] };
            await cluster.Manager.Control.CreateNetwork(
                new P.CreateNetworkRequest { Spec = network.ToProto() }, cluster.Call());
        }

        var spec = World.Service("web", 1).Spec;
        var both = spec with
        {
            Task = spec.Task with { Networks = [new NetworkAttachment("one", []), new NetworkAttachment("two", [])] },
        };
        var error = await RefusedAsync(() => cluster.CreateAsync(both));

        Assert.Equal("networks one and two both have addresses of 10.7.0.0/24", error.What);
    }

    [Theory]
    [InlineData("bridge", "parent=eth0", "network driver bridge cannot be used for the whole swarm")]
    [InlineData("macvlan", "", "network lan of driver macvlan stands on no network card, so its nodes would have nothing in common")]
    [InlineData("macvlan", "parent=eth0,macvlan_mode=loud",
        "requested macvlan mode 'loud' is not valid, 'bridge' mode is the macvlan driver default; there are bridge, private, vepa "
        + "and passthru")]
    [InlineData("vlan", "parent=eth0", "the vlan driver needs a network card and a tag from 1 to 4094: -o parent=eth0 -o vlan=42")]
    [InlineData("vlan", "parent=eth0,vlan=42", "network first is already on VLAN 42 of eth0")]
    [InlineData("ipvlan", "parent=eth0,encrypted=", "network lan of driver ipvlan cannot be encrypted: it has no tunnel")]
    [InlineData("macvlan", "parent=eth0,bandwidth=1mbit",
        "network lan of driver macvlan can have no bandwidth: its links have no end on the host")]
    public async Task A_segment_of_the_cluster_that_cannot_be_is_refused(string driver, string options, string said)
    {
        await using var cluster = await MiniCluster.StartAsync();
        await MakeAsync(cluster, Segment("first", "vlan", "parent=eth0,vlan=42"));

        var error = await RefusedAsync(() => MakeAsync(cluster, Segment("lan", driver, options)));

        Assert.Equal(said, error.What);
    }

    [Fact]
    public async Task A_service_with_virtual_addresses_is_told_that_a_segment_has_none()
    {
        await using var cluster = await MiniCluster.StartAsync();
        await MakeAsync(cluster, Segment("lan", "macvlan", "parent=eth0"));
        var spec = World.Service("web", 1).Spec;
        spec = spec with { Task = spec.Task with { Networks = [new NetworkAttachment("lan", [])] } };

        var made = await cluster.Manager.Control.CreateService(
            new P.CreateServiceRequest { Spec = spec.ToProto() }, cluster.Call());
        var error = await RefusedAsync(() => cluster.CreateAsync(spec with
        {
            Annotations = Annotations.Named("other"),
            Task = spec.Task with { Networks = [new NetworkAttachment("lan", []) { VirtualIp = "10.0.1.9" }] },
        }));

        Assert.Equal(
            ["network lan of driver macvlan has no virtual addresses: there, the name web answers its tasks' own addresses, as with "
                + "--endpoint-mode dnsrr"], made.Warnings);
        Assert.Equal("network lan of driver macvlan has no virtual addresses, so none is 10.0.1.9", error.What);
    }

    private static NetworkSpec Segment(string name, string driver, string options) => new()
    {
        Annotations = Annotations.Named(name),
        Driver = driver,
        DriverOptions = options.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(o => o.Split('='))
            .ToImmutableSortedDictionary(o => o[0], o => o[1], StringComparer.Ordinal),
    };

    private static Task MakeAsync(MiniCluster cluster, NetworkSpec spec) =>
        cluster.Manager.Control.CreateNetwork(new P.CreateNetworkRequest { Spec = spec.ToProto() }, cluster.Call());

    [Theory]
    [InlineData("10.50.0.1/24", "", "10.50.0.0/24", "10.50.0.1")]
    [InlineData("10.50.0.9/24", "10.50.0.7", "10.50.0.0/24", "10.50.0.7")]
    public async Task Bits_of_a_subnet_beyond_its_length_are_dropped(string asked, string gateway, string subnet, string router)
    {
        await using var cluster = await MiniCluster.StartAsync();
        var spec = new NetworkSpec { Annotations = Annotations.Named("back"), Pools = [new IpamPool(asked) { Gateway = gateway }] };

        var network = (await cluster.Manager.Control.CreateNetwork(
            new P.CreateNetworkRequest { Spec = spec.ToProto() }, cluster.Call())).Network;

        var pool = Assert.Single(network.Allocation.Pools);
        Assert.Equal((subnet, router), (pool.Subnet, pool.Gateway));
    }

    [Theory]
    [InlineData("99999999")]
    [InlineData("67")]
    [InlineData("big")]
    public async Task A_packet_size_that_no_link_has_is_refused_with_the_option_and_its_range(string mtu)
    {
        await using var cluster = await MiniCluster.StartAsync();

        var error = await RefusedAsync(
            () => MakeAsync(cluster, Segment("back", "overlay", $"com.docker.network.driver.mtu={mtu}")));

        Assert.Equal($"invalid option com.docker.network.driver.mtu={mtu}. Give 68 to 65535.", error.Message);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("4097")]
    public async Task A_VNI_is_the_clusters_to_choose(string vni)
    {
        await using var cluster = await MiniCluster.StartAsync();

        var error = await RefusedAsync(() => MakeAsync(
            cluster, Segment("back", "overlay", $"com.docker.network.driver.overlay.vxlanid_list={vni}")));

        Assert.Equal(
            $"option com.docker.network.driver.overlay.vxlanid_list={vni} is not supported: the cluster gives each overlay a VNI "
            + "of its own. Leave it out.", error.Message);
    }

    [Fact]
    public async Task A_network_that_is_given_twice_is_named_as_the_user_named_it()
    {
        await using var cluster = await MiniCluster.StartAsync();
        await MakeAsync(cluster, new NetworkSpec { Annotations = Annotations.Named("back") });
        var id = cluster.Store.View().Networks.All.Single(n => n.Spec.Name == "back").Id.Value;

        foreach (var (one, other) in new[] { (id, id), ("back", id), ("back", "back") })
        {
            var error = await RefusedAsync(() => cluster.CreateAsync(Attached(one, other)));
            Assert.Equal("network back is given twice. Attach each network once.", error.Message);
        }
    }

    [Theory]
    [InlineData("bridge")]
    [InlineData("none")]
    public async Task A_network_that_each_node_has_of_its_own_is_none_for_services(string network)
    {
        await using var cluster = await MiniCluster.StartAsync();

        var error = await RefusedAsync(() => cluster.CreateAsync(Attached(network)));

        Assert.Equal(
            $"The network {network} cannot be used with services. Only networks scoped to the swarm can be used, such as those "
            + "created with the overlay driver. Make one: orch network create -d overlay NAME", error.Message);
    }

    [Fact]
    public async Task In_its_hosts_network_a_service_has_nothing_else()
    {
        await using var cluster = await MiniCluster.StartAsync();
        await MakeAsync(cluster, new NetworkSpec { Annotations = Annotations.Named("back") });
        var alone = Attached();
        alone = alone with { Task = alone.Task with { HostNetwork = true } };
        var withBack = alone with { Task = alone.Task with { Networks = Attached("back").Task.Networks } };
        var published = alone with { Endpoint = new EndpointSpec { Ports = [new PortConfig(PortProtocol.Tcp, 80, 8080)] } };

        Assert.Equal(
            "a service in its hosts' network can be on no other, nor have pipes. Give --network host alone.",
            (await RefusedAsync(() => cluster.CreateAsync(withBack))).Message);
        Assert.Equal(
            "a service in its hosts' network has their ports: there is nothing to publish, and no route leads to it. "
            + "Leave --publish and --route out, or --network host.",
            (await RefusedAsync(() => cluster.CreateAsync(published))).Message);
        Assert.True((await cluster.CreateAsync(alone)).Spec.Task.HostNetwork);
    }

    private static ServiceSpec Attached(params string[] networks)
    {
        var spec = World.Service("web", 1).Spec;
        return spec with { Task = spec.Task with { Networks = [.. networks.Select(n => new NetworkAttachment(n, []))] } };
    }

    [Fact]
    public async Task A_subnet_that_overlaps_that_of_ingress_is_refused()
    {
        await using var cluster = await MiniCluster.StartAsync();
        await cluster.UntilAsync(r => r.Networks.All.Single().Allocation is not null, "ingress has its subnet");
        var spec = new NetworkSpec { Annotations = Annotations.Named("back"), Pools = [new IpamPool("10.0.0.0/16")] };

        var error = await RefusedAsync(
            () => cluster.Manager.Control.CreateNetwork(new P.CreateNetworkRequest
            {
                Spec = spec.ToProto(),
            }, cluster.Call()));

        Assert.Equal("invalid pool request: Pool overlaps with other one on this address space", error.What);
    }

    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.7")]
    [InlineData("192.0.2.7/29", "192.0.2.7")]
    [InlineData("192.0.0.0/16", "192.0.2.7")]
    [InlineData("fd77::/64", "fd77::7")]
    [InlineData("198.51.100.0/24", "198.51.100.7")] // Of its manager alone.
    public void A_subnet_that_contains_the_address_of_a_node_is_refused_with_its_name(string subnet, string address)
    {
        var error = Assert.Throws<UserException>(() => NetworkValidator.Validate(On(subnet), [], Nodes));

        Assert.Equal(
            $"subnet {subnet} contains {address}, the address of node n1. Choose another --subnet: containers on this one could "
            + "not reach that node.", error.Message);
    }

    [Theory]
    [InlineData("127.0.0.0/8", "127.0.0.0/8 is each host's own loopback. Choose another, such as 10.1.0.0/24.")]
    [InlineData("224.0.0.0/16", "224.0.0.0/4 is for multicast. Choose another, such as 10.1.0.0/24.")]
    [InlineData("192.0.0.0/2", "224.0.0.0/4 is for multicast. Choose another, such as 10.1.0.0/24.")]
    [InlineData("240.0.0.0/24", "240.0.0.0/4 is reserved. Choose another, such as 10.1.0.0/24.")]
    [InlineData("0.0.0.0/8", "0.0.0.0/8 is for hosts without an address. Choose another, such as 10.1.0.0/24.")]
    [InlineData("fe80::/64", "fe80::/10 is each link's own. Choose another, such as fd00:1::/64.")]
    [InlineData("::ffff:0:0/96", "::ffff:0:0/96 is IPv4's, written as IPv6. Choose another, such as fd00:1::/64.")]
    public void A_subnet_that_no_container_can_be_in_is_refused(string subnet, string said)
    {
        var error = Assert.Throws<UserException>(() => NetworkValidator.Validate(On(subnet), [], []));

        Assert.Equal($"invalid subnet {subnet}: {said}", error.Message);
    }

    [Theory]
    [InlineData("10.51.0.0/24", "10.51.0.0",
        "invalid gateway 10.51.0.0: it is the first address of 10.51.0.0/24, which means the network itself. Give another.")]
    [InlineData("10.51.0.0/24", "10.51.0.255",
        "invalid gateway 10.51.0.255: it is the last address of 10.51.0.0/24, which means all on it. Give another.")]
    [InlineData("fd00:7::/64", "fd00:7::",
        "invalid gateway fd00:7::: it is the first address of fd00:7::/64, which means the network itself. Give another.")]
    [InlineData("10.51.0.0/24", "10.51.0.2",
        "invalid aux-address b=10.51.0.2: it is the gateway's. Give another, or leave it out.", "b=10.51.0.2")]
    [InlineData("10.51.0.0/24", "",
        "invalid aux-address b=10.51.0.1: it is the gateway's. Give another, or leave it out.", "b=10.51.0.1")]
    [InlineData("10.51.0.0/24", "",
        "invalid aux-address b=10.51.0.5: it is a's already. Give another, or leave it out.", "b=10.51.0.5", "a=10.51.0.5")]
    [InlineData("fd00:7::/64", "",
        "invalid aux-address b=fd00:7::5: addresses of IPv6 go with those of IPv4. Reserve the address of IPv4 alone.",
        "b=fd00:7::5")]
    public void A_pool_with_an_address_of_two_meanings_is_refused(
        string subnet, string gateway, string said, params string[] reserved)
    {
        var spec = On(subnet);
        var pool = spec.Pools[0] with
        {
            Gateway = gateway,
            Auxiliary = reserved.ToImmutableSortedDictionary(r => r.Split('=')[0], r => r.Split('=')[1]),
        };

        var error = Assert.Throws<UserException>(() => NetworkValidator.Validate(spec with { Pools = [pool] }, [], []));

        Assert.Equal(said, error.Message);
    }

    [Fact]
    public void Of_a_segment_and_of_IPv6_the_last_address_is_as_good_a_gateway_as_any()
    {
        var segment = On("10.51.0.0/24") with { Driver = "macvlan", DriverOptions = Segment("", "macvlan", "parent=eth0").DriverOptions };
        var six = On("fd00:7::/64");

        NetworkValidator.Validate(segment with { Pools = [segment.Pools[0] with { Gateway = "10.51.0.255" }] }, [], []);
        NetworkValidator.Validate(
            six with { Pools = [six.Pools[0] with { Gateway = "fd00:7::ffff:ffff:ffff:ffff" }] }, [], []);
    }

    [Theory]
    [InlineData("192.0.2.8/29", "overlay")]
    [InlineData("192.0.3.0/24", "")]
    [InlineData("fd78::/64", "overlay")]
    [InlineData("192.0.2.0/24", "macvlan")] // The hosts' own.
    public void Subnets_beside_the_nodes_and_segments_around_them_are_taken(string subnet, string driver) =>
        NetworkValidator.Validate(
            On(subnet) with { Driver = driver, DriverOptions = Segment("", driver, "parent=eth0").DriverOptions }, [], Nodes);

    private static NetworkSpec On(string subnet) => new()
    {
        Annotations = Annotations.Named("back"), EnableIPv6 = subnet.Contains(':', StringComparison.Ordinal),
        Pools = [new IpamPool(subnet)],
    };

    private static Node[] Nodes { get; } =
    [
        World.Node("n0") with { Status = new NodeStatus() }, // Never heard of yet.
        World.Node("n1") with
        {
            Status = new NodeStatus { Address = "192.0.2.7" },
            Manager = new ManagerStatus(1, "198.51.100.7:2377", Reachability.Reachable, true),
        },
        World.Node("n1") with { Status = new NodeStatus { Address = "fd77::7" } },
    ];

    [Fact]
    public async Task A_node_that_is_up_is_removed_by_force_only()
    {
        await using var cluster = await MiniCluster.StartAsync("a");

        var error = await RefusedAsync(
            () => cluster.Manager.Control.RemoveNode(new P.RemoveNodeRequest { Id = "a" }, cluster.Call()));
        Assert.Equal("node a is not down and can't be removed", error.What);
        await cluster.Manager.Control.RemoveNode(new P.RemoveNodeRequest { Id = "a", Force = true }, cluster.Call());

        Assert.Null(cluster.Store.View().Nodes.Get("a"));
        Assert.True(cluster.Store.View().Clusters.All.Single().BlacklistedCertificates.ContainsKey("a"));
    }

    [Fact]
    public async Task A_worker_may_not_use_the_control_api()
    {
        await using var cluster = await MiniCluster.StartAsync();

        var error = await RefusedAsync(
            () => cluster.Manager.Control.ListNodes(new P.ListNodesRequest(), cluster.Call("a-worker")));

        Assert.Equal("This node is not a swarm manager.", error.What);
    }

    [Fact]
    public async Task Without_a_leader_the_answer_says_so()
    {
        await using var cluster = await MiniCluster.StartAsync();
        cluster.Log.StepDown();

        var error = await RefusedAsync(() => cluster.GetAsync("web"));

        Assert.Equal(ErrorCode.NoQuorum, error.Code);
        Assert.StartsWith("The swarm does not have a leader.", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotating_a_token_changes_its_secret_only()
    {
        await using var cluster = await MiniCluster.StartAsync();
        var before = (await cluster.Manager.Control.GetCluster(new P.GetClusterRequest(), cluster.Call())).Cluster;

        var after = (await cluster.Manager.Control.UpdateCluster(
            new P.UpdateClusterRequest
            {
                Version = before.Meta.Version, RotateWorkerToken = true,
            }, cluster.Call())).Cluster;

        Assert.StartsWith("SWMTKN-1-digest-", after.RootCa.WorkerToken, StringComparison.Ordinal);
        Assert.NotEqual(before.RootCa.WorkerToken, after.RootCa.WorkerToken);
        Assert.Equal(before.RootCa.ManagerToken, after.RootCa.ManagerToken);
    }

    [Theory]
    [InlineData("", "10.0.0.2", "duplicate published ports")]
    [InlineData("10.0.0.1", "10.0.0.1", "duplicate published ports")]
    [InlineData("10.0.0.1", "10.0.0.2", null)]
    [InlineData("10.0.0.x", "10.0.0.2", "invalid IP address: 10.0.0.x")]
    [InlineData("224.0.0.1", "10.0.0.2", "invalid IP address: 224.0.0.1")]
    public async Task One_host_port_is_published_twice_only_on_two_addresses(string one, string other, string? error)
    {
        await using var cluster = await MiniCluster.StartAsync();
        PortConfig On(string ip) => new(PortProtocol.Tcp, 80, 8080, PublishMode.Host) { HostIp = ip };
        var spec = MiniCluster.Spec("web", 0) with { Endpoint = new EndpointSpec { Ports = [On(one), On(other)] } };

        if (error is null)
            await cluster.CreateAsync(spec);
        else
            Assert.Contains(error, (await RefusedAsync(() => cluster.CreateAsync(spec))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_of_what_the_mesh_does_replaces_no_task()
    {
        var plain = Publishing("web", 8080);
        PortConfig Port(PortConfig port) => port with { Source = SourceAddress.Masquerade, Prefer = TaskPreference.Local };
        var special = plain with
        {
            Endpoint = plain.Endpoint with
            {
                Affinity = Affinity.Client, Ports = [.. plain.Endpoint.Ports.Select(Port)],
            },
        };

        Assert.True(plain.Endpoint.OfTask.SameAs(special.Endpoint.OfTask));
        Assert.False(plain.Endpoint.SameAs(special.Endpoint));
        Assert.False(plain.Endpoint.OfTask.SameAs(Publishing("web", 8081).Endpoint.OfTask));
    }

    private static ServiceSpec Publishing(string name, int port) => MiniCluster.Spec(name, 0) with
    {
        Endpoint = new EndpointSpec { Ports = [new PortConfig(PortProtocol.Tcp, 80, port)] },
    };

    private static async Task<P.Service> RollBackAsync(MiniCluster cluster)
    {
        var service = await cluster.GetAsync("web");
        return (await cluster.Manager.Control.UpdateService(
            new P.UpdateServiceRequest
            {
                Id = service.Id, Version = service.Meta.Version, Rollback = true,
            }, cluster.Call())).Service;
    }

    private static async Task<UserException> RefusedAsync(Func<Task> call) =>
        (await Assert.ThrowsAsync<RpcException>(call)).ToUser();
}
