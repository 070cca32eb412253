using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Tests.Pipes;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests;

/// <summary>Networks of the world outside. What this kernel lacks is refused here, and made in tests/vm.</summary>
public sealed class OutsideNetworkTests
{
    [RootFact]
    public async Task Containers_of_a_macvlan_network_are_neighbours_of_the_world_outside()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        await using var other = await TestHost.StartAsync("10.9.0.2");
        using var underlay = TestHost.Join(host, other);
        await host.Network.CreateNetworkAsync(Lan("lan", NetworkDrivers.Macvlan, "up0", aux: "10.9.0.128"), default);

        using var first = await host.RunAsync("first", "lan");
        using var second = await host.RunAsync("second", "lan");

        using var outside = Wire.Serve(other.Namespace, 80, "outside");
        using var neighbour = Wire.Serve(second.Namespace, 80, "second");
        Assert.Equal("10.9.0.129", first.Address.ToString()); // .128 is somebody's.
        Assert.Equal("outside 10.9.0.129", await Wire.CallAsync(first.Namespace, "10.9.0.2", 80));
        Assert.Equal("second 10.9.0.129", await Wire.CallAsync(first.Namespace, "10.9.0.130", 80));
        Assert.Equal(["10.9.0.130"], (await Wire.ResolveAsync(first.Namespace, "second")).Values);
        Assert.Equal("10.9.0.254", first.Default()?.Gateway?.ToString());
    }

    [RootFact]
    public async Task Containers_of_a_macvlan_network_are_neighbours_of_the_world_outside_by_IPv6_too()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        await using var other = await TestHost.StartAsync("10.77.0.2");
        using var underlay = TestHost.Join(host, other);
        await host.Network.CreateNetworkAsync(
            new NetworkConfig
            {
                Name = "lan", Driver = NetworkDrivers.Macvlan, EnableIPv6 = true,
                Pools = [new IpamPool("10.77.0.0/24", "10.77.0.254"), new IpamPool("fd77::/64", "fd77::fe", "fd77::1:0/112")],
                Options = ImmutableDictionary<string, string>.Empty.Add("parent", "up0"),
            },
            default);
        using var first = await host.RunAsync("first", new EndpointConfig { NetworkId = "lan", IPv4 = "10.77.0.128" });
        using var outside = Wire.Serve(other.Namespace, 80, "outside");
        using var inside = RouteSocket.Open(first.Namespace);

        Assert.Equal("fd77::1:0/64", host.Network.GetEndpoints("first")[0].IPv6);
        Assert.Equal("outside fd77::1:0", await Wire.CallAsync(first.Namespace, "fd77::2", 80));
        Assert.Equal("outside 10.77.0.128", await Wire.CallAsync(first.Namespace, "10.77.0.2", 80));
        Assert.Contains(
            inside.ListRoutes(AddressFamily.InterNetworkV6),
            r => r.Destination.PrefixLength == 0 && r.Gateway!.Equals(IPAddress.Parse("fd77::fe")));
    }

    [RootFact]
    public async Task A_host_reaches_its_own_containers_of_a_macvlan_network_by_an_address_of_its_own_there()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1", TimeSpan.FromMilliseconds(50));
        await using var other = await TestHost.StartAsync("10.9.0.2");
        using var underlay = TestHost.Join(host, other);
        var lan = Lan("lan", NetworkDrivers.Macvlan, "up0");
        await host.Network.CreateNetworkAsync(lan with { Options = lan.Options.Add("host-access", "10.9.0.128") }, default);
        using var container = await host.RunAsync("c", "lan");
        using var server = Wire.Serve(container.Namespace, 80, "c");
        using var outside = Wire.Serve(other.Namespace, 80, "outside");

        var reached = await Wire.CallAsync(host.Namespace, "10.9.0.129", 80);
        var link = host.Route.ListLinks().Single(l => l.Kind == "macvlan");
        host.Route.DeleteLink(link.Name);
        for (var tries = 0; tries < 100 && host.Route.ListRoutes().All(r => r.Destination.PrefixLength != 32); tries++)
            await Task.Delay(50);
        var again = await Wire.CallAsync(host.Namespace, "10.9.0.129", 80);
        var world = await Wire.CallAsync(host.Namespace, "10.9.0.2", 80);
        await host.Network.DeleteSandboxAsync("c", default);
        var ways = host.Route.ListRoutes().Count(r => r.Destination.PrefixLength == 32);
        await host.Network.RemoveNetworkAsync("lan", default);

        Assert.Equal("c 10.9.0.128", reached); // And the first address that was given is the next one.
        Assert.Equal("c 10.9.0.128", again);
        Assert.Equal("outside 10.9.0.1", world);
        Assert.Equal(0, ways);
        Assert.DoesNotContain(host.Route.ListLinks(), l => l.Kind == "macvlan");
    }

    [RootFact]
    public async Task Published_ports_are_left_out_where_the_host_has_no_part_in_the_network()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        await host.Network.CreateNetworkAsync(Lan("lan", NetworkDrivers.Macvlan, "up0"), default);
        using var container = await host.RunAsync("c", "lan");

        Assert.Empty(await host.Network.PublishAsync("c", [new PortBinding("", 8080, 80)], default));
    }

    [RootFact]
    public async Task A_container_leaves_and_the_network_goes_and_the_card_is_as_it_was()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        await host.Network.CreateNetworkAsync(Lan("lan", NetworkDrivers.Macvlan, "up0"), default);
        using var container = await host.RunAsync("c", "bridge");
        await host.Network.ConnectAsync("c", new EndpointConfig { NetworkId = "lan" }, default);
        await host.RestartDaemonAsync(new HashSet<string> { "c" });
        var held = container.Link("eth1")?.Kind;

        await host.Network.DisconnectAsync("c", "lan", default);
        await host.Network.RemoveNetworkAsync("lan", default);

        Assert.Equal("macvlan", held);
        Assert.Null(container.Link("eth1"));
        Assert.Equal("", host.Route.GetLink("up0").Alias);
    }

    [RootFact]
    public async Task A_link_that_cannot_be_brought_up_is_not_left_in_the_container()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        await host.Network.CreateNetworkAsync(Lan("lan", NetworkDrivers.Macvlan, "up0"), default);
        using var container = await host.RunAsync("c", "bridge");
        var cards = new EndpointConfig { NetworkId = "lan", Mac = $"{host.Route.GetLink("up0").Mac}" };

        await Assert.ThrowsAsync<NetworkException>(() => host.Network.ConnectAsync("c", cards, default));

        Assert.Single(host.Network.GetEndpoints("c"));
        Assert.Null(container.Link("eth1"));
        await host.Network.ConnectAsync("c", cards with { Mac = null }, default);
        Assert.Equal("macvlan", container.Link("eth1")?.Kind);
    }

    [RootFact]
    public async Task An_internal_network_has_no_way_out()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        await host.Network.CreateNetworkAsync(Lan("lan", NetworkDrivers.Macvlan, "up0") with { Internal = true }, default);

        using var container = await host.RunAsync("c", "lan");

        Assert.Null(container.Default());
    }

    [RootTheory]
    [InlineData("macvlan", "lo", "", "loopback interface is not a valid macvlan parent link")]
    [InlineData("macvlan", "up0", "macvlan_mode=loud", "requested macvlan mode 'loud' is not valid")]
    [InlineData("macvlan", "eth7", "", "there is no interface eth7 on this host")]
    [InlineData("macvlan", "up0", "host-access=10.8.0.1", "10.8.0.1 is no IPv4 address of network lan")]
    [InlineData("ipvlan", "up0", "host-access=10.9.0.200", "option host-access is for macvlan networks in bridge mode")]
    [InlineData("ipvlan", "up0", "ipvlan_mode=l4", "requested ipvlan mode 'l4' is not valid")]
    [InlineData("ipvlan", "up0", "ipvlan_flag=loud", "requested ipvlan flag 'loud' is not valid")]
    [InlineData("vlan", "up0", "", "-o parent=eth0 -o vlan=42")]
    [InlineData("vlan", "up0", "com.docker.network.bridge.name=br\"x", "invalid bridge name \"br\"x\"")]
    [InlineData("vlan", "", "vlan=42", "-o parent=eth0 -o vlan=42")]
    [InlineData("vlan", "up0", "vlan=4095", "-o parent=eth0 -o vlan=42")]
    [InlineData("macvlan", "up0.5000", "", "invalid VLAN 5000 of up0")]
    public async Task What_cannot_be_is_refused_and_leaves_nothing(
        string driver, string parent, string option, string words)
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        var network = Lan("lan", driver, parent);
        if (option.Split('=') is [var name, var value])
            network = network with { Options = network.Options.Add(name, value) };

        var refusal = await Assert.ThrowsAsync<NetworkException>(() => host.Network.CreateNetworkAsync(network, default));

        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.Null(host.Network.FindNetwork("lan"));
    }

    [RootTheory]
    [InlineData("macvlan")]
    [InlineData("ipvlan")]
    public async Task A_network_whose_links_the_kernel_lacks_is_refused_before_a_container_is_to_join(string driver)
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        var works = NetworkFeatures.Probe()[driver] == Model.NodeDescription.FeatureWorks;

        var refusal = await Record.ExceptionAsync(() => host.Network.CreateNetworkAsync(Lan("lan", driver, "up0"), default));

        Assert.Equal(works, host.Network.FindNetwork("lan") is not null);
        Assert.Equal(
            works ? null : $"the kernel of this host has no {driver} links (module {driver}), which network lan needs; load it, "
                + "or use a host that has it", refusal?.Message);
    }

    [RootFact]
    public async Task A_card_that_is_passed_through_has_no_room_for_a_second_network()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        await host.Network.CreateNetworkAsync(Lan("lan", NetworkDrivers.Macvlan, "up0"), default);
        var second = Lan("second", NetworkDrivers.Macvlan, "up0");

        var refusal = await Assert.ThrowsAsync<NetworkException>(() => host.Network.CreateNetworkAsync(
            second with { Pools = [new IpamPool("10.10.0.0/24")], Options = second.Options.Add("macvlan_mode", "passthru") }, default));

        Assert.Contains("network lan is already using parent interface up0", refusal.Message, StringComparison.Ordinal);
    }

    [RootTheory]
    [InlineData("macvlan", "up0.42", "")]
    [InlineData("ipvlan", "up0.42", "l2")]
    [InlineData("ipvlan", "up0", "l3")]
    [InlineData("vlan", "up0", "")]
    public async Task Both_ends_of_a_segment_meet_or_the_kernel_is_said_to_lack_it(string driver, string parent, string mode)
    {
        await using var one = await TestHost.StartAsync("10.9.0.1");
        await using var two = await TestHost.StartAsync("10.9.0.2");
        using var underlay = TestHost.Join(one, two);
        var network = Lan("lan", driver, parent);
        if (driver == "vlan")
            network = network with { Options = network.Options.Add("vlan", "42") };
        if (mode.Length > 0)
            network = network with { Options = network.Options.Add("ipvlan_mode", mode) };
        try
        {
            foreach (var host in new[] { one, two })
                await host.Network.CreateNetworkAsync(network, default);
            using var here = await one.RunAsync("here", "lan", "10.9.0.140");
            var far = mode == "l3" ? one : two; // At layer 3 nobody asks for neighbours: to another host lead routes alone.
            using var there = await far.RunAsync("there", "lan", "10.9.0.141");
            using var server = Wire.Serve(there.Namespace, 80, "there");

            Assert.Equal("there 10.9.0.140", await Wire.CallAsync(here.Namespace, "10.9.0.141", 80));
            if (mode == "l3")
                Assert.Null(here.Default()?.Gateway);
            await one.Network.DeleteSandboxAsync("here", default);
            await far.Network.DeleteSandboxAsync("there", default);
            await one.Network.RemoveNetworkAsync("lan", default);
            Assert.DoesNotContain(one.Route.ListLinks(), l => l.Kind == "vlan" || l.Name.StartsWith("br-", StringComparison.Ordinal));
        }
        catch (NetworkException e) when (Environment.GetEnvironmentVariable("ORCH_VM") is null)
        {
            Assert.Matches("no (802.1Q VLANs|ipvlan links)", e.Message);
            Assert.DoesNotContain(one.Route.ListLinks(), l => l.Name.StartsWith("br-", StringComparison.Ordinal));
        }
    }

    [RootFact]
    public async Task A_pipe_into_a_VLAN_meets_the_network_of_that_VLAN_or_the_kernel_is_said_to_lack_it()
    {
        await using var one = await TestHost.StartAsync("10.9.0.1");
        await using var two = await TestHost.StartAsync("10.9.0.2");
        using var underlay = TestHost.Join(one, two);
        using var here = await one.RunAsync("here", "bridge");
        using var there = await two.RunAsync("there", "bridge");
        try
        {
            await one.PipeAsync("up0", "here", "10.42.0.1/24", "@42");
            await two.PipeAsync("up0", "there", "10.42.0.2/24", "@42");
            using var server = Wire.Serve(there.Namespace, 80, "there");

            Assert.Equal("there 10.42.0.1", await Wire.CallAsync(here.Namespace, "10.42.0.2", 80));
            await one.Network.RemovePipeAsync("here", "eth1", default);
            Assert.Null(one.Route.FindLink("up0.42"));
        }
        catch (NetworkException e) when (Environment.GetEnvironmentVariable("ORCH_VM") is null)
        {
            Assert.Contains("no 802.1Q VLANs (module 8021q), which up0.42 needs", e.Message, StringComparison.Ordinal);
            Assert.Empty(one.Network.ListPipes());
        }
    }

    [RootFact]
    public async Task VLANs_of_one_bridge_are_apart_or_the_kernel_is_said_to_lack_them()
    {
        await using var host = await TestHost.StartAsync();
        using var a = await host.RunAsync("a", "bridge");
        using var b = await host.RunAsync("b", "bridge");
        using var c = await host.RunAsync("c", "bridge");
        try
        {
            await host.PipeAsync("br1", "a", "10.42.0.1/24", "@10");
            await host.PipeAsync("br1", "b", "10.42.0.2/24", "@10");
            await host.PipeAsync("br1", "c", "10.42.0.2/24", "@20");
            using var right = Wire.Serve(b.Namespace, 80, "b");
            using var wrong = Wire.Serve(c.Namespace, 80, "c");

            Assert.Equal("b 10.42.0.1", await Wire.CallAsync(a.Namespace, "10.42.0.2", 80));
        }
        catch (NetworkException e) when (Environment.GetEnvironmentVariable("ORCH_VM") is null)
        {
            Assert.Contains("no VLAN filtering of bridges", e.Message, StringComparison.Ordinal);
            Assert.Null(host.Route.FindLink("br1"));
        }
    }

    [RootFact]
    public async Task A_dummy_interface_is_made_or_the_kernel_is_said_to_have_none()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");
        try
        {
            await host.PipeAsync("dummy", "c", "192.168.21.101/24@192.168.21.1");

            Assert.Equal("dummy", container.Link("eth1")?.Kind);
            Assert.Equal("192.168.21.1", container.Default()?.Gateway?.ToString());
        }
        catch (NetworkException e) when (Environment.GetEnvironmentVariable("ORCH_VM") is null)
        {
            Assert.Contains("no dummy links (module dummy), which dummy needs", e.Message, StringComparison.Ordinal);
        }
    }

    private static NetworkConfig Lan(string name, string driver, string parent, string aux = "") => new()
    {
        Name = name,
        Driver = driver,
        Pools =
        [
            new IpamPool("10.9.0.0/24", "10.9.0.254", "10.9.0.128/25", aux.Length == 0 ? null
                : ImmutableDictionary<string, string>.Empty.Add("router", aux)),
        ],
        Options = parent.Length == 0 ? ImmutableDictionary<string, string>.Empty
            : ImmutableDictionary<string, string>.Empty.Add("parent", parent),
    };
}
