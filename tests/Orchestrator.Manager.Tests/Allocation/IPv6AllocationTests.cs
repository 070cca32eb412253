using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Manager.Allocation;
using Orchestrator.Manager.ControlApi;
using Orchestrator.Model;

namespace Orchestrator.Manager.Tests.Allocation;

public sealed class IPv6AllocationTests
{
    private readonly World world = new();
    private AllocatorMemory memory = AllocatorMemory.Empty;

    [Fact]
    public void No_two_addresses_are_paired_with_the_same_one_and_none_with_the_subnets_first() =>
        Prop.ForAll(
            Gen.Choose(1, int.MaxValue).Two().ToArbitrary(), Gen.Choose(16, 96).ToArbitrary(), (pair, length) =>
            {
                var subnet = $"{IPv6Allocator.Parse($"fd12:3456:789a:bcde:f012:3456::/{length}")}";
                var (one, other) = (Paired(subnet, pair.Item1), Paired(subnet, pair.Item2));
                return IPNetwork.Parse(subnet).Contains(one) && !one.Equals(IPNetwork.Parse(subnet).BaseAddress)
                    && one.Equals(other) == (pair.Item1 == pair.Item2);
            }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("fd00:1::/64", "10.0.1.3/24", "fd00:1::a00:103")]
    [InlineData("fd00:1::/97", "10.0.1.3/24", null)]
    [InlineData("10.0.0.0/24", "10.0.1.3/24", null)]
    [InlineData("fd00:1::/64", "", null)]
    public void An_address_is_paired_where_there_is_room(string subnet, string address, string? paired) =>
        Assert.Equal(paired, PairedAddress.Of(subnet, address));

    [Fact]
    public void Tasks_and_services_of_a_network_with_IPv6_have_an_address_of_each_family()
    {
        world.Add(Network("a") with { Spec = Spec("a") with { EnableIPv6 = true } });
        world.Add(Attached("web", "a"));
        world.Add(World.Task("t1", "web", 1, TaskState.New), World.Task("t2", "web", 2, TaskState.New));

        Settle();

        var subnet = world.Root.Networks.Get("a")!.Allocation!.Pools[1].Subnet;
        Assert.StartsWith("fd", subnet, StringComparison.Ordinal);
        Assert.EndsWith("::/64", subnet, StringComparison.Ordinal);
        Assert.All(
            world.Root.Tasks.All.Select(t => t.Networks[0].Addresses)
                .Append([.. world.Root.Services.Get("web")!.Endpoint!.VirtualIps.Select(v => v.Address)]),
            addresses => Assert.Equal($"{PairedAddress.Of(subnet, addresses[0])}/64", addresses[1]));
        Assert.True(ServiceAllocator.IsAllocated(world.Root.Services.Get("web")!, world.Root));
        Assert.All(world.Root.Tasks.All, t => Assert.Equal(TaskState.Pending, t.Status.State));
    }

    [Fact]
    public void Subnets_are_cut_from_the_clusters_blocks_and_overlap_none_that_was_asked_for()
    {
        var cluster = new Cluster
        {
            Id = new ClusterId("c"), Spec = new ClusterSpec { AddressPools = ["10.0.0.0/8", "fd99::/56"] }, RootCa = new(),
        };
        world.Do(tx => tx.Clusters.Create(cluster));
        world.Add(
            Asked("a", "fd99::/64"), Asked("b", ""), Asked("c", "fd99:0:0:2:1::/80"), Asked("d", ""),
            Network("e"));

        Settle();

        Assert.Equal(
            ["fd99:0:0:0::/64", "fd99:0:0:1::/64", "fd99:0:0:2:1::/80", "fd99:0:0:3::/64"],
            world.Root.Networks.All.Where(n => n.Spec.EnableIPv6).OrderBy(n => n.Id)
                .Select(n => IPNetwork.Parse(n.Allocation!.Pools[1].Subnet)).Select(Long));
        Assert.Single(world.Root.Networks.Get("e")!.Allocation!.Pools);
    }

    [Fact]
    public void A_gateway_is_the_one_that_was_asked_for_else_the_first_of_the_subnet()
    {
        var asked = Asked("a", "fd98::/64");
        world.Add(asked with { Spec = asked.Spec with { Pools = [new IpamPool("fd98::/64", "fd98::99")] } }, Asked("b", "fd97::/64"));

        Settle();

        Assert.Equal("fd98::99", world.Root.Networks.Get("a")!.Allocation!.Pools[1].Gateway);
        Assert.Equal("fd97::1", world.Root.Networks.Get("b")!.Allocation!.Pools[1].Gateway);
    }

    [Theory]
    [InlineData("fd00::/97", true, "/96 or shorter")]
    [InlineData("fd00::/64", false, "Add --ipv6.")]
    [InlineData("fd00::/64 fd01::/64", true, "Give one")]
    [InlineData("fd00:/64", true, "Give a subnet")]
    public void A_subnet_that_cannot_be_is_refused_with_the_remedy(string subnets, bool enabled, string remedy)
    {
        var spec = Spec("n") with
        {
            EnableIPv6 = enabled, Pools = [.. subnets.Split(' ').Select(subnet => new IpamPool(subnet))],
        };

        var error = Assert.Throws<UserException>(() => NetworkValidator.Validate(spec, [], []));

        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }

    private static IPAddress Paired(string subnet, int address) => IPAddress.Parse(
        PairedAddress.Of(subnet, new IPAddress((long)(uint)IPAddress.HostToNetworkOrder(address)).ToString())!);

    private static string Long(IPNetwork network)
    {
        var groups = network.BaseAddress.GetAddressBytes().Chunk(2).Select(b => $"{b[0] << 8 | b[1]:x}").ToList();
        var shown = groups.Take(network.PrefixLength / 16);
        return $"{string.Join(':', shown)}::/{network.PrefixLength}";
    }

    private static NetworkSpec Spec(string name) => new() { Annotations = Annotations.Named(name) };

    private static Network Network(string name) => new() { Id = new NetworkId(name), Spec = Spec(name) };

    private static Network Asked(string name, string subnet) => Network(name) with
    {
        Spec = Spec(name) with { EnableIPv6 = true, Pools = subnet.Length > 0 ? [new IpamPool(subnet)] : [] },
    };

    private static Service Attached(string name, string network)
    {
        var service = World.Service(name, 1);
        return service with
        {
            Spec = service.Spec with
            {
                Task = service.Spec.Task with { Networks = [new NetworkAttachment(network, [])] },
            },
        };
    }

    private void Settle()
    {
        for (var pass = 0; ; pass++)
        {
            Assert.True(pass < 10, "the allocator does not come to rest");
            var plan = new AllocationPlanner(new AllocatorOptions()).Plan(world.Root, memory, world.Now);
            memory = plan.Memory;
            if (plan.IsEmpty)
                return;
            world.Do(tx =>
            {
                foreach (var network in plan.Networks)
                    tx.Networks.Update(network);
                foreach (var service in plan.Services)
                    tx.Services.Update(service);
                foreach (var task in plan.Tasks)
                    tx.Tasks.Update(task);
            });
        }
    }
}
