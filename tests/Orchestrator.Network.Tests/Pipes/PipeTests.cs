using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Pipes;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Pipes;

/// <summary>The rows of pipework's README, one by one, on a host of the test's own.</summary>
public sealed class PipeTests
{
    [RootFact]
    public async Task Two_containers_on_a_bridge_that_was_made_for_them_reach_each_other()
    {
        await using var host = await TestHost.StartAsync();
        using var apache = await host.RunAsync("apache", "bridge");
        using var mysql = await host.RunAsync("mysql", "bridge");

        await host.PipeAsync("br1", "apache", "192.168.1.1/24");
        await host.PipeAsync("br1", "mysql", "192.168.1.2/24");

        using var server = Wire.Serve(mysql.Namespace, 3306, "mysql");
        Assert.Equal("mysql 192.168.1.1", await Wire.CallAsync(apache.Namespace, "192.168.1.2", 3306));
        Assert.Equal("bridge", host.Route.GetLink("br1").Kind);
        Assert.NotNull(apache.Link("eth1"));
    }

    [RootFact]
    public async Task A_bridge_of_somebody_else_is_used_and_stays_when_the_pipe_goes()
    {
        await using var host = await TestHost.StartAsync();
        var bridge = host.Route.EnsureBridge("lan0", new BridgeSettings());
        using var container = await host.RunAsync("c", "bridge");

        await host.PipeAsync("lan0", "c", "192.168.1.1/24");
        var port = host.Route.ListLinks().Single(l => l.Master == bridge.Index);
        await host.Network.RemovePipeAsync("c", "eth1", default);

        Assert.Null(host.Route.FindLink(port.Name));
        Assert.NotNull(host.Route.FindLink("lan0"));
        Assert.Empty(host.Network.ListPipes());
    }

    [RootFact]
    public async Task Two_are_enough_for_a_network_without_broadcasts()
    {
        await using var host = await TestHost.StartAsync();
        using var one = await host.RunAsync("one", "bridge");
        using var two = await host.RunAsync("two", "bridge");

        await host.PipeAsync("br1", "one", "10.9.0.0/31");
        await host.PipeAsync("br1", "two", "10.9.0.1/31");

        using var server = Wire.Serve(two.Namespace, 80, "two");
        Assert.Equal("two 10.9.0.0", await Wire.CallAsync(one.Namespace, "10.9.0.1", 80));
    }

    [RootFact]
    public async Task The_host_peeks_into_the_private_network_by_an_address_on_the_bridge()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");
        await host.PipeAsync("br1", "c", "192.168.1.1/24");

        host.Route.EnsureAddress(host.Route.GetLink("br1").Index, IPAddress.Parse("192.168.1.254"), 24);

        using var server = Wire.Serve(container.Namespace, 80, "c");
        Assert.Equal("c 192.168.1.254", await Wire.CallAsync(host.Namespace, "192.168.1.1", 80));
        await host.Network.RemovePipeAsync("c", "eth1", default);
        Assert.NotNull(host.Route.FindLink("br1")); // It is somebody's way by now.
    }

    [RootTheory]
    [InlineData("fd00:9::254", true)]
    [InlineData("fe80::254", false)] // Each link has one of these.
    public async Task A_bridge_that_was_made_for_a_pipe_stays_for_an_address_of_IPv6_too(string address, bool stays)
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");
        await host.PipeAsync("br1", "c", "fd00:9::1/64");

        host.Route.EnsureAddress(host.Route.GetLink("br1").Index, IPAddress.Parse(address), 64);
        await host.Network.RemovePipeAsync("c", "eth1", default);

        Assert.Equal(stays, host.Route.FindLink("br1") is not null);
    }

    [RootFact]
    public async Task Names_are_those_asked_for_inside_and_outside()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");

        await host.PipeAsync("br1", "c", "192.168.1.1/24", with: p => p with { InterfaceName = "eth2", LocalName = "hostapp1" });

        Assert.NotNull(container.Link("eth2"));
        Assert.Null(container.Link("eth1"));
        Assert.Equal(host.Route.GetLink("br1").Index, host.Route.GetLink("hostapp1").Master);
    }

    [RootFact]
    public async Task A_strangers_link_of_that_name_is_neither_taken_nor_deleted()
    {
        await using var host = await TestHost.StartAsync();
        host.Route.EnsureBridge("hostapp1", new BridgeSettings());
        using var container = await host.RunAsync("c", "bridge");

        var refusal = await Assert.ThrowsAsync<NetworkException>(() =>
            host.PipeAsync("br1", "c", "192.168.1.1/24", with: p => p with { LocalName = "hostapp1" }));

        Assert.Contains("hostapp1 exists", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(host.Route.FindLink("hostapp1"));
        Assert.Null(host.Route.FindLink("br1"));
        Assert.Empty(host.Network.ListPipes());
    }

    [RootFact]
    public async Task An_interface_that_the_container_has_is_not_replaced()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");

        var refusal = await Assert.ThrowsAsync<NetworkException>(() =>
            host.PipeAsync("br1", "c", "192.168.1.1/24", with: p => p with { InterfaceName = "eth0" }));

        Assert.Contains("has an interface eth0 already", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(container.Addresses(), a => a.Address.Equals(container.Address));
    }

    [RootFact]
    public async Task The_prefix_length_is_the_one_given_and_the_gateway_takes_the_default_route()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");

        await host.PipeAsync("br1", "c", "192.168.4.25/20@192.168.4.1");

        Assert.Contains(container.Addresses(), a => a is { PrefixLength: 20 } && a.Address.ToString() == "192.168.4.25");
        Assert.Equal("192.168.4.1", container.Default()?.Gateway?.ToString());
    }

    [RootFact]
    public async Task A_gateway_outside_the_subnet_is_taken_for_a_neighbour()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");

        await host.PipeAsync("br1", "c", "192.168.4.25/32@10.9.9.9");

        Assert.Equal("10.9.9.9", container.Default()?.Gateway?.ToString());
    }

    [RootFact]
    public async Task The_default_route_is_the_pipes_until_it_goes_then_the_networks_again()
    {
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "other" }, default);
        using var container = await host.RunAsync("c", "bridge");
        var before = container.Default()?.Gateway;
        await host.PipeAsync("br1", "c", "192.168.4.25/20@192.168.4.1");

        await host.Network.ConnectAsync("c", new EndpointConfig { NetworkId = "other" }, default);
        var meanwhile = container.Default()?.Gateway;
        await host.Network.RemovePipeAsync("c", "eth1", default);

        Assert.Equal("192.168.4.1", meanwhile?.ToString());
        Assert.Equal(before, container.Default()?.Gateway);
        Assert.NotNull(container.Link("eth2")); // The network's: eth1 was the pipe's.
    }

    [RootFact]
    public async Task An_address_that_the_host_has_there_or_the_container_elsewhere_is_refused()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        using var container = await host.RunAsync("c", "bridge");
        await host.PipeAsync("br1", "c", "192.168.1.1/24");
        await host.PipeAsync("br1", "later", "192.168.1.2/24");
        host.Route.EnsureAddress(host.Route.GetLink("br1").Index, IPAddress.Parse("192.168.1.254"), 24);
        host.Route.EnsureAddress(host.Route.GetLink("br1").Index, IPAddress.Parse("fd00:1::fe"), 64);

        foreach (var (name, address, to, expected) in new[]
        {
            ("up0", "10.9.0.1/24", "c", "10.9.0.1 is this host's own address on up0; give the container another"),
            ("br1", "192.168.1.254/24", "c", "192.168.1.254 is this host's own address on br1; give the container another"),
            ("br1", "fd00:1::fe/64", "c", "fd00:1::fe is this host's own address on br1; give the container another"),
            ("br2", "192.168.1.1/24", "c", "the container has 192.168.1.1 already, on eth1; give it another"),
            ("br2", $"{container.Address}/24", "c", $"the container has {container.Address} already, on eth0; give it another"),
            ("br2", "192.168.1.2/16", "later", "the container has 192.168.1.2 already, on eth1; give it another"),
        })
        {
            var refusal = await Assert.ThrowsAsync<NetworkException>(
                () => host.PipeAsync(name, to, address, with: p => p with { InterfaceName = "eth7" }));
            Assert.Equal(expected, refusal.Message);
        }

        Assert.Equal(2, host.Network.ListPipes().Length);
    }

    [RootFact]
    public async Task Without_an_address_the_interface_is_there_and_up()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");

        await host.PipeAsync("br1", "c", "0/0");

        var link = container.Link("eth1")!;
        Assert.True(link.IsUp);
        Assert.DoesNotContain(container.Addresses(), a => a.Index == link.Index);
    }

    [RootFact]
    public async Task An_address_may_be_of_IPv6()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");

        await host.PipeAsync("br1", "c", "fd00:1::2/64@fd00:1::1", family: "6");

        using var inside = RouteSocket.Open(container.Namespace);
        var routes = inside.ListRoutes(isIPv6: true);
        Assert.Contains(routes, r => r.Destination.PrefixLength == 0 && r.Gateway?.ToString() == "fd00:1::1");
        Assert.Contains(routes, r => r.Destination.ToString() == "fd00:1::/64");
    }

    [RootFact]
    public async Task A_hardware_address_is_the_one_given_or_made_of_words_or_the_same_at_each_start()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");

        await host.PipeAsync("br1", "c", "0/0", "26:2e:71:98:60:8f", with: p => p with { InterfaceName = "a" });
        await host.PipeAsync("br1", "c", "0/0", "U:myhost.foo.com", with: p => p with { InterfaceName = "b" });
        await host.PipeAsync("br1", "c", "0/0", with: p => p with { InterfaceName = "c" });
        var made = container.Link("c")!.Mac;
        await host.Network.DeleteSandboxAsync("c", default);
        using var again = await host.RunAsync("c", "bridge");
        await host.Network.PlugPipesAsync("c", default);

        Assert.Equal("26:2e:71:98:60:8f", again.Link("a")?.Mac.ToString());
        Assert.Equal("02:72:6c:cd:9b:8d", again.Link("b")?.Mac.ToString());
        Assert.Equal(made, again.Link("c")?.Mac);
    }

    [RootFact]
    public async Task A_card_is_shared_by_macvlan_and_the_outside_is_reached_through_it()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        await using var other = await TestHost.StartAsync("10.9.0.2");
        using var underlay = TestHost.Join(host, other);
        using var one = await host.RunAsync("one", "bridge");
        using var two = await host.RunAsync("two", "bridge");

        await host.PipeAsync("up0", "one", "10.9.0.11/24", "fa:de:b0:99:52:1c");
        await host.PipeAsync("up0", "two", "10.9.0.12/24");

        using var outside = Wire.Serve(other.Namespace, 80, "outside");
        using var neighbour = Wire.Serve(two.Namespace, 80, "two");
        Assert.Equal("outside 10.9.0.11", await Wire.CallAsync(one.Namespace, "10.9.0.2", 80));
        Assert.Equal("two 10.9.0.11", await Wire.CallAsync(one.Namespace, "10.9.0.12", 80));
        Assert.Equal(("macvlan", "fa:de:b0:99:52:1c"), (one.Link("eth1")!.Kind, one.Link("eth1")!.Mac.ToString()));
    }

    [RootFact]
    public async Task A_card_is_found_by_its_hardware_address()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        using var container = await host.RunAsync("c", "bridge");

        await host.PipeAsync($"mac:{host.Route.GetLink("up0").Mac}", "c", "10.9.0.11/24");

        Assert.Equal("macvlan", container.Link("eth1")?.Kind);
        Assert.Equal(host.Route.GetLink("up0").Index, container.Link("eth1")?.Parent);
    }

    [RootFact]
    public async Task A_card_given_away_is_back_under_its_name_and_address_when_the_container_stops()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        var mac = host.Route.GetLink("up0").Mac;
        using var container = await host.RunAsync("c", "bridge");

        await host.PipeAsync(
            $"mac:{mac}", "c", "10.9.0.1/24", "26:2e:71:98:60:8f",
            with: p => p with { DirectPhys = true, InterfaceName = "container0" });
        var (gone, inside) = (host.Route.FindLink("up0"), container.Link("container0"));
        await host.Network.DeleteSandboxAsync("c", default);

        Assert.Null(gone);
        Assert.Equal("26:2e:71:98:60:8f", inside?.Mac.ToString());
        Assert.Equal((mac, ""), (host.Route.GetLink("up0").Mac, host.Route.GetLink("up0").Alias));
    }

    [RootTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_that_a_container_makes_up_as_its_card_does_not_get_to_the_host(bool afterRestart)
    {
        await using var host = await TestHost.StartAsync();
        await using var other = await TestHost.StartAsync();
        // Whose indices are free in the container: what it makes afterwards is found before the card.
        foreach (var name in new[] { "spare0", "spare1", "spare2", "card0" })
            host.Route.CreateVeth(new VethSettings(name, $"{name}-far", new MacAddress(0x0242_0b0b_0b00), 1500), other.Namespace);
        using var container = await host.RunAsync("c", "bridge");
        await host.PipeAsync("card0", "c", "10.9.0.11/24", with: p => p with { DirectPhys = true });
        var card = container.Link("eth1")!;

        using (var inside = RouteSocket.Open(container.Namespace))
        {
            inside.CreateVeth(new VethSettings("fake0", "fake1", new MacAddress(0x0242_0c0c_0c0c), 1500), container.Namespace);
            inside.SetAlias("fake0", card.Alias);
            inside.SetMac("fake0", card.Mac!.Value);
            Assert.InRange(inside.GetLink("fake0").Index, 1, card.Index - 1);
        }

        if (afterRestart)
            await host.RestartDaemonAsync();
        await host.Network.RemovePipeAsync("c", "eth1", default);

        Assert.Equal(("veth", card.Parent), (host.Route.FindLink("card0")?.Kind, host.Route.FindLink("card0")?.Parent));
        Assert.Null(container.Link("eth1"));
        Assert.NotNull(container.Link("fake0"));
    }

    [RootFact]
    public async Task A_card_that_is_lent_once_more_is_known_where_a_link_pretends_to_be_it_already()
    {
        await using var host = await TestHost.StartAsync();
        await using var other = await TestHost.StartAsync();
        host.Route.CreateVeth(new VethSettings("card0", "wire0", new MacAddress(0x0242_0b0b_0b00), 1500), other.Namespace);
        using var container = await host.RunAsync("c", "bridge");
        await host.PipeAsync("card0", "c", "10.9.0.11/24", with: p => p with { DirectPhys = true });
        var card = container.Link("eth1")!;
        await host.Network.RemovePipeAsync("c", "eth1", default);
        using (var inside = RouteSocket.Open(container.Namespace))
        {
            inside.CreateVeth(new VethSettings("fake0", "fake1", new MacAddress(0x0242_0c0c_0c0c), 1500), container.Namespace);
            inside.SetAlias("fake0", card.Alias);
        }

        await host.PipeAsync("card0", "c", "10.9.0.11/24", with: p => p with { DirectPhys = true });
        Assert.Equal(card.Mac, container.Link("eth1")?.Mac);
        await host.Network.RemovePipeAsync("c", "eth1", default);

        Assert.Equal(("veth", card.Mac), (host.Route.FindLink("card0")?.Kind, host.Route.FindLink("card0")?.Mac));
        Assert.NotNull(container.Link("fake0"));
    }

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_card_that_is_pulled_on_its_way_back_is_missed_by_nobody(bool whileInside)
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        using var container = await host.RunAsync("c", "bridge");
        var pipe = await host.PipeAsync("up0", "c", "10.9.0.1/24", with: p => p with { DirectPhys = true });
        using var inside = RouteSocket.Open(container.Namespace);
        using var space = host.Namespace.Run(() => new HostSpace());
        var card = inside.GetLink("eth1");
        if (whileInside)
            inside.DeleteLink("eth1");
        else
            inside.SetAlias("eth1", "another's"); // As if another had taken its place: there is none of ours to be named.

        new PipeCards(space).Return(pipe, card, inside);
        await host.Network.DeleteSandboxAsync("c", default);

        Assert.Equal(!whileInside, host.Route.FindLink("up0") is { Alias: "another's" });
    }

    [RootTheory]
    [InlineData("0.0.0.0", "10.9.0.254")]
    [InlineData("::", "fd77::254")]
    public async Task The_card_of_the_hosts_own_way_out_is_not_given_away(string any, string router)
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        host.Route.SetRoute(new IPNetwork(IPAddress.Parse(any), 0), IPAddress.Parse(router), host.Route.GetLink("up0").Index);
        using var container = await host.RunAsync("c", "bridge");

        var refusal = await Assert.ThrowsAsync<NetworkException>(
            () => host.PipeAsync("up0", "c", "0/0", with: p => p with { DirectPhys = true }));

        Assert.Contains("default route", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(host.Route.FindLink("up0"));
    }

    [RootFact]
    public async Task What_this_host_does_not_have_is_named_in_one_line()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");

        var words = new Dictionary<string, string>
        {
            ["ovsbr0"] = "no Open vSwitch",
            ["ib0"] = "no such InfiniBand interface (IPoIB)",
            ["eth7"] = "do not know how to set up interface eth7",
            ["mac:00:f3:15:4a:42:c8"] = "no host interface matched",
            ["lo"] = "leads nowhere",
            ["br-of-sixteen-ch"] = "invalid host interface \"br-of-sixteen-ch\": 1 to 15 letters, digits, and _ . - @",
            ["dummy-of-sixteen"] = "invalid host interface \"dummy-of-sixteen\": 1 to 15 letters, digits, and _ . - @",
            ["br\"x"] = "invalid host interface \"br\"x\": 1 to 15 letters, digits, and _ . - @",
            ["br*"] = "invalid host interface \"br*\": 1 to 15 letters, digits, and _ . - @",
        };
        foreach (var (name, expected) in words)
        {
            var refusal = await Assert.ThrowsAsync<NetworkException>(() => host.PipeAsync(name, "c", "10.0.0.1/24"));
            Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        }

        Assert.Empty(host.Network.ListPipes());
    }

    [RootFact]
    public async Task No_pipe_leads_to_what_is_orchs_own()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0));
        var host = cluster.Hosts[0];
        using var container = await host.RunAsync("c", "bridge");
        var app = await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        var pipe = await host.PipeAsync("br1", "c", "192.168.1.1/24");
        const string Own = "is a link that orch made for its own use; name a bridge or a network card of the host's, or join a "
            + "network: orch network connect NETWORK CONTAINER";

        foreach (var (name, expected) in new Dictionary<string, string>
        {
            ["orch0"] = "is the bridge of network bridge; join that: orch network connect bridge CONTAINER",
            [$"br-{app.Id[..12]}"] = "is the bridge of network app; join that: orch network connect app CONTAINER",
            ["ing0"] = Own,
            ["orchgw0"] = Own,
            [host.Network.GetEndpoints("c")[0].HostInterfaceName] = Own,
            [pipe.HostLink] = Own,
        })
        {
            var refusal = await Assert.ThrowsAsync<NetworkException>(
                () => host.PipeAsync(name, "c", "0/0", with: p => p with { InterfaceName = "eth7" }));
            Assert.Equal($"{name} {expected}", refusal.Message);
        }

        Assert.Equal(pipe, host.Network.ListPipes().Single());
        await host.PipeAsync("br1", "c", "0/0", with: p => p with { InterfaceName = "eth7" });
    }

    [RootFact]
    public async Task A_pipe_to_a_bridge_that_became_a_networks_is_restored()
    {
        await using var host = await TestHost.StartAsync();
        host.Route.EnsureBridge("lan0", new BridgeSettings());
        using var first = await host.RunAsync("c", "bridge");
        await host.PipeAsync("lan0", "c", "192.168.1.1/24");
        await host.Network.CreateNetworkAsync(
            new NetworkConfig
            {
                Name = "lan", Pools = [new IpamPool("192.168.1.0/24")],
                Options = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty
                    .Add("com.docker.network.bridge.name", "lan0"),
            }, default);

        await host.Network.DeleteSandboxAsync("c", default);
        using var second = await host.RunAsync("c", "bridge");
        await host.Network.PlugPipesAsync("c", default);
        await host.RestartDaemonAsync(new HashSet<string> { "c" });

        Assert.NotNull(second.Link("eth1"));
        Assert.True(host.Network.IsPlugged(host.Network.ListPipes().Single()));
        await Assert.ThrowsAsync<NetworkException>(
            () => host.PipeAsync("lan0", "c", "192.168.1.2/24", with: p => p with { InterfaceName = "eth2" }));
    }

    [RootFact]
    public async Task Pipes_are_restored_when_the_container_starts_again_and_after_the_daemon_was_killed()
    {
        await using var host = await TestHost.StartAsync();
        using var first = await host.RunAsync("c", "bridge");
        await host.PipeAsync("br1", "c", "192.168.1.1/24@192.168.1.254");

        await host.Network.DeleteSandboxAsync("c", default);
        var between = host.Route.FindLink("br1");
        using var second = await host.RunAsync("c", "bridge");
        await host.Network.PlugPipesAsync("c", default);
        var port = host.Network.ListPipes().Single().HostLink;
        host.Route.DeleteLink(port); // Somebody's hand, while the daemon is down.
        await host.RestartDaemonAsync(new HashSet<string> { "c" });

        Assert.NotNull(between);
        Assert.NotNull(host.Route.FindLink(port));
        Assert.Equal("192.168.1.254", second.Default()?.Gateway?.ToString());
    }

    [RootFact]
    public async Task What_somebody_deletes_of_a_pipe_is_put_back()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");
        await host.PipeAsync("br1", "c", "192.168.1.1/24@192.168.1.254");

        host.Route.DeleteLink("br1");
        host.Route.DeleteLink(host.Network.ListPipes().Single().HostLink);

        await host.Network.CheckAsync(mend: true, default);

        Assert.Empty(await host.Network.CheckAsync(mend: false, default));
        Assert.Equal("192.168.1.254", container.Default()?.Gateway?.ToString());
        Assert.Equal(host.Route.GetLink("br1").Index, host.Route.GetLink(host.Network.ListPipes().Single().HostLink).Master);
    }

    [RootFact]
    public async Task A_pipe_of_a_container_that_does_not_run_waits_for_its_start()
    {
        await using var host = await TestHost.StartAsync();

        await host.PipeAsync("br1", "later", "192.168.1.1/24");
        var early = host.Network.IsPlugged(host.Network.ListPipes().Single());
        using var container = await host.RunAsync("later", "bridge");
        await host.Network.PlugPipesAsync("later", default);

        Assert.False(early);
        Assert.NotNull(container.Link("eth1"));
        Assert.True(host.Network.IsPlugged(host.Network.ListPipes().Single()));
    }

    [RootFact]
    public async Task With_the_container_go_its_pipes_and_the_bridge_that_nobody_else_is_on()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");
        await host.PipeAsync("br1", "c", "192.168.1.1/24");

        await host.Network.DeleteSandboxAsync("c", default);
        await host.Network.ForgetPipesAsync("c", default);

        Assert.Empty(host.Network.ListPipes());
        Assert.Null(host.Route.FindLink("br1"));
    }
}
