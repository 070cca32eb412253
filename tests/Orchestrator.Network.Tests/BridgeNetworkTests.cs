using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Processes;
using Orchestrator.Network.Bridging;
using Orchestrator.Network.Dns;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Tests.Pipes;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests;

public sealed class BridgeNetworkTests
{
    [RootFact]
    public async Task Containers_of_a_network_reach_one_another_by_address_name_short_id_and_alias()
    {
        await using var host = await TestHost.StartAsync();
        var network = await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        using var web = await host.RunAsync("web0123456789abcdef", "app", null, "www");
        using var client = await host.RunAsync("client", "app");
        using var server = Wire.Serve(web.Namespace, 80, "web");

        Assert.StartsWith("web ", await Wire.CallAsync(client.Namespace, web.Address.ToString(), 80),
            StringComparison.Ordinal);
        foreach (var name in new[] { "web0123456789abcdef", "web012345678", "www", "WWW", "www.app" })
            Assert.Equal((DnsCode.NoError, web.Address.ToString()), await FirstAsync(client, name));
        Assert.Equal(
            [$"{web.Id}.app"],
            (await Wire.ResolveAsync(client.Namespace, string.Join('.',
                web.Address.ToString().Split('.').Reverse()) + ".in-addr.arpa", DnsType.Ptr)).Values);
        Assert.Equal((DnsCode.NoError, 0), await CountAsync(client, "www", DnsType.Aaaa));
        Assert.Equal(2, host.Network.ListEndpoints(network.Id).Length);
    }

    [RootTheory]
    [InlineData("com.docker.network.bridge.name", "sixteen-letters0",
        "invalid bridge name \"sixteen-letters0\": 1 to 15 letters, digits, and _ . - @; give another "
        + "com.docker.network.bridge.name")]
    [InlineData("com.docker.network.bridge.name", "a/b",
        "invalid bridge name \"a/b\": 1 to 15 letters, digits, and _ . - @; give another com.docker.network.bridge.name")]
    [InlineData("com.docker.network.bridge.name", "a\"b",
        "invalid bridge name \"a\"b\": 1 to 15 letters, digits, and _ . - @; give another com.docker.network.bridge.name")]
    [InlineData("com.docker.network.driver.mtu", "99999999", "invalid com.docker.network.driver.mtu 99999999: give 68 to 65535")]
    [InlineData("com.docker.network.driver.mtu", "67", "invalid com.docker.network.driver.mtu 67: give 68 to 65535")]
    [InlineData("com.docker.network.driver.mtu", "big", "invalid com.docker.network.driver.mtu big: give 68 to 65535")]
    [InlineData("com.docker.network.bridge.enable_icc", "maybe",
        "invalid option com.docker.network.bridge.enable_icc=maybe: give true or false")]
    [InlineData("com.docker.network.bridge.enable_icc", "",
        "invalid option com.docker.network.bridge.enable_icc=: give true or false")]
    [InlineData("com.docker.network.bridge.enable_ip_masquerade", "no",
        "invalid option com.docker.network.bridge.enable_ip_masquerade=no: give true or false")]
    [InlineData("com.docker.network.enable_ipv6", "on",
        "invalid option com.docker.network.enable_ipv6=on: give true or false")]
    [InlineData("com.docker.network.bridge.host_binding_ipv4", "999",
        "invalid option com.docker.network.bridge.host_binding_ipv4=999: give an address of IPv4, such as 127.0.0.1")]
    [InlineData("com.docker.network.bridge.host_binding_ipv4", "::1",
        "invalid option com.docker.network.bridge.host_binding_ipv4=::1: give an address of IPv4, such as 127.0.0.1")]
    public async Task An_option_that_no_link_can_have_is_refused_with_what_it_may_be(string option, string value, string said)
    {
        await using var host = await TestHost.StartAsync();
        var options = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add(option, value);

        var refusal = await Assert.ThrowsAsync<NetworkException>(() => host.Network.CreateNetworkAsync(
            new NetworkConfig { Name = "app", Mtu = int.TryParse(value, out var mtu) ? mtu : null, Options = options }, default));

        Assert.Equal(said, refusal.Message);
        Assert.Null(host.Network.FindNetwork("app"));
    }

    [RootTheory]
    [InlineData("0", false)]
    [InlineData("f", false)]
    [InlineData("False", false)]
    [InlineData("FALSE", false)]
    [InlineData("1", true)]
    [InlineData("T", true)]
    [InlineData("TRUE", true)]
    public async Task A_bridge_isolates_and_masks_by_every_word_that_docker_knows(string word, bool isOn)
    {
        await using var host = await TestHost.StartAsync();
        var options = ImmutableDictionary<string, string>.Empty
            .Add("com.docker.network.bridge.enable_icc", word).Add("com.docker.network.bridge.enable_ip_masquerade", word);

        var network = await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app", Options = options }, default);

        Assert.Equal(isOn, network.Icc);
        Assert.Equal(isOn, Iproute.Read(host.Namespace, "nft", "list", "set", "ip", HostTable.Name, "subnets")
            .Contains(network.Pools[0].Subnet, StringComparison.Ordinal));
    }

    [RootFact]
    public async Task A_bridge_that_is_there_keeps_an_option_that_would_be_refused_now()
    {
        await using var host = await TestHost.StartAsync();
        var options = ImmutableDictionary<string, string>.Empty.Add("com.docker.network.bridge.enable_ip_masquerade", "true");
        var network = await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app", Options = options }, default);
        var record = Directory.GetFiles(host.Options.DataRoot, $"{network.Id}.json", SearchOption.AllDirectories).Single();
        File.WriteAllText(record, File.ReadAllText(record).Replace("\"true\"", "\"maybe\"", StringComparison.Ordinal));

        await host.RestartDaemonAsync();

        Assert.Equal("maybe", host.Network.FindNetwork("app")?.Options["com.docker.network.bridge.enable_ip_masquerade"]);
    }

    [RootTheory]
    [InlineData("10.34.0.0/24", "10.34.0.0",
        "invalid gateway 10.34.0.0: it is the first address of 10.34.0.0/24, which means the network itself; give another")]
    [InlineData("10.40.0.0/24", "10.40.0.255",
        "invalid gateway 10.40.0.255: it is the last address of 10.40.0.0/24, which means all on it; give another")]
    [InlineData("fd00:7::/64", "fd00:7::",
        "invalid gateway fd00:7::: it is the first address of fd00:7::/64, which means the network itself; give another")]
    [InlineData("10.41.0.0/24", "10.41.0.2",
        "invalid aux-address b=10.41.0.2: it is the gateway's; give another, or leave it out", "b=10.41.0.2")]
    [InlineData("10.41.0.0/24", null,
        "invalid aux-address b=10.41.0.1: it is the gateway's; give another, or leave it out", "b=10.41.0.1")]
    [InlineData("10.41.0.0/24", null,
        "invalid aux-address b=10.41.0.5: it is a's already; give another, or leave it out", "b=10.41.0.5", "a=10.41.0.5")]
    public async Task A_pool_with_an_address_of_two_meanings_is_refused(
        string subnet, string? gateway, string said, params string[] reserved)
    {
        await using var host = await TestHost.StartAsync();
        var pool = new IpamPool(
            subnet, gateway, null, reserved.ToImmutableDictionary(r => r.Split('=')[0], r => r.Split('=')[1]));

        var refusal = await Assert.ThrowsAsync<NetworkException>(() => host.Network.CreateNetworkAsync(
            new NetworkConfig { Name = "app", EnableIPv6 = subnet.Contains(':'), Pools = [pool] }, default));

        Assert.Equal(said, refusal.Message);
        Assert.Null(host.Network.FindNetwork("app"));
    }

    [RootFact]
    public async Task The_last_address_of_IPv6_is_as_good_a_gateway_as_any()
    {
        await using var host = await TestHost.StartAsync();
        var pool = new IpamPool("fd00:7::/64", "fd00:7::ffff:ffff:ffff:ffff");

        var network = await host.Network.CreateNetworkAsync(
            new NetworkConfig { Name = "app", EnableIPv6 = true, Pools = [pool] }, default);

        Assert.Equal(pool.Gateway, network.Pool6?.Gateway);
    }

    [RootTheory]
    [InlineData("ff:ff:ff:ff:ff:ff")]
    [InlineData("01:00:5e:00:00:01")]
    [InlineData("00:00:00:00:00:00")]
    public async Task A_hardware_address_of_no_single_interface_is_refused_before_anything_is_made(string mac)
    {
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateSandboxAsync("c", new SandboxConfig { Name = "c", Hostname = "c" }, default);
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        var before = host.Route.ListLinks().Select(l => l.Name).Order().ToList();

        var refusal = await Assert.ThrowsAsync<NetworkException>(() => host.Network.ConnectAsync(
            "c", new EndpointConfig { NetworkId = "app", Mac = mac }, default));

        Assert.Equal(
            $"{mac} is not a mac address that one interface can have; write it as 02:42:ac:11:00:02, with an even first byte",
            refusal.Message);
        Assert.Equal(before, host.Route.ListLinks().Select(l => l.Name).Order().ToList());
        Assert.Empty(host.Network.GetEndpoints("c"));
    }

    [RootTheory]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("ff02::1")]
    public async Task A_port_is_published_on_no_address_that_many_have(string address)
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");

        var refusal = await Assert.ThrowsAsync<NetworkException>(
            () => host.Network.PublishAsync("c", [new PortBinding(address, 9309, 80)], default));

        Assert.Equal(
            $"invalid host address {address}: it is no single host's; give an address of this host", refusal.Message);
    }

    [RootTheory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("0.0.0.0", "")]
    public async Task A_port_of_no_address_in_particular_is_published_on_its_networks(string option, string address)
    {
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(
            new NetworkConfig
            {
                Name = "near", Options = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty
                    .Add("com.docker.network.bridge.host_binding_ipv4", option),
            },
            default);
        using var container = await host.RunAsync("c", "near");

        var ports = await host.Network.PublishAsync(
            "c", [new PortBinding("", 9309, 80), new PortBinding("127.0.0.2", 9310, 80)], default);

        Assert.Equal([address, "127.0.0.2"], ports.Select(p => p.HostIp));
    }

    [RootTheory]
    [InlineData("127.0.0.0/8", "127.0.0.0/8 is each host's own loopback; choose another, such as 10.1.0.0/24")]
    [InlineData("127.9.0.0/24", "127.0.0.0/8 is each host's own loopback; choose another, such as 10.1.0.0/24")]
    [InlineData("0.1.0.0/16", "0.0.0.0/8 is for hosts without an address; choose another, such as 10.1.0.0/24")]
    [InlineData("239.1.1.0/24", "224.0.0.0/4 is for multicast; choose another, such as 10.1.0.0/24")]
    [InlineData("192.0.0.0/2", "224.0.0.0/4 is for multicast; choose another, such as 10.1.0.0/24")]
    [InlineData("250.0.0.0/8", "240.0.0.0/4 is reserved; choose another, such as 10.1.0.0/24")]
    [InlineData("fe80::/64", "fe80::/10 is each link's own; choose another, such as fd00:1::/64")]
    [InlineData("ff05::/64", "ff00::/8 is for multicast; choose another, such as fd00:1::/64")]
    [InlineData("::ffff:10.0.0.0/120", "::ffff:0:0/96 is IPv4's, written as IPv6; choose another, such as fd00:1::/64")]
    public async Task A_subnet_that_no_container_can_be_in_is_refused(string subnet, string said)
    {
        await using var host = await TestHost.StartAsync();

        var refusal = await Assert.ThrowsAsync<NetworkException>(() => host.Network.CreateNetworkAsync(
            new NetworkConfig { Name = "app", EnableIPv6 = subnet.Contains(':'), Pools = [new IpamPool(subnet)] }, default));

        Assert.Equal($"invalid subnet {subnet}: {said}", refusal.Message);
        Assert.Null(host.Network.FindNetwork("app"));
    }

    [RootFact]
    public async Task A_subnet_with_an_address_of_the_hosts_is_refused_but_not_to_a_bridge_that_has_it()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        var link = host.Route.ListLinks().First(
            l => host.Route.ListAddresses().Exists(a => a.Index == l.Index && a.Address.ToString() == "10.77.0.1"));
        static NetworkConfig At(string name, string subnet) => new() { Name = name, Pools = [new IpamPool(subnet)] };

        foreach (var subnet in new[] { "10.77.0.0/24", "10.0.0.0/8" })
        {
            var refusal = await Assert.ThrowsAsync<NetworkException>(
                () => host.Network.CreateNetworkAsync(At("app", subnet), default));
            Assert.Equal(
                $"Pool overlaps with other one on this address space; {subnet} has 10.77.0.1, an address of this host on "
                + $"link {link.Name}: choose another", refusal.Message);
        }

        await host.Network.CreateNetworkAsync(At("app", "10.78.0.0/24"), default);
        host.Route.EnsureAddress(link.Index, IPAddress.Parse("10.78.0.99"), 24); // Since then.
        await host.RestartDaemonAsync();
        Assert.NotNull(host.Network.FindNetwork("app"));
        using var web = await host.RunAsync("web", "app");
        await host.Network.DeleteSandboxAsync("web", default);
        await host.Network.RemoveNetworkAsync("app", default);
        host.Route.DeleteAddress(link.Index, IPAddress.Parse("10.78.0.99"), 24);
        await host.Network.CreateNetworkAsync(At("app", "10.78.0.0/24"), default);
        host.Route.EnsureAddress(host.Route.EnsureBridge("br9", new BridgeSettings("", 1500, null)).Index, IPAddress.Parse("10.79.0.1"), 24);
        await host.Network.CreateNetworkAsync(At("theirs", "10.79.0.0/24") with
        {
            Options = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("com.docker.network.bridge.name", "br9"),
        }, default);
    }

    [RootFact]
    public async Task What_is_no_address_is_said_to_be_none()
    {
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(
            new NetworkConfig { Name = "app", Pools = [new IpamPool("10.60.0.0/24")] }, default);

        foreach (var (four, six, said) in new (string?, string?, string)[]
        {
            ("300.1.1.1", null, "invalid IPv4 address: 300.1.1.1; give one of 10.60.0.0/24"),
            ("10.60.1.1", null, "no configured subnet contains IP address 10.60.1.1; network app has 10.60.0.0/24"),
            ("10.60.0.255", null, "10.60.0.255 is the last address of 10.60.0.0/24, which means all on it; ask for "
                + "another, or none"),
            ("10.60.0.0", null, "10.60.0.0 is the first address of 10.60.0.0/24, which means the network itself; ask for "
                + "another, or none"),
            (null, "fd00::x", "invalid IPv6 address: fd00::x; network app has no IPv6: make one with --ipv6"),
        })
        {
            var refusal = await Assert.ThrowsAsync<NetworkException>(
                () => host.RunAsync("c", new EndpointConfig { NetworkId = "app", IPv4 = four, IPv6 = six }));
            Assert.Equal(said, refusal.Message);
            await host.Network.DeleteSandboxAsync("c", default);
        }
    }

    [RootFact]
    public async Task A_container_whose_link_cannot_be_made_is_on_no_network_and_known_by_no_name()
    {
        await using var host = await TestHost.StartAsync();
        var network = await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        using var client = await host.RunAsync("client", "app");
        using var space = NetNamespace.Open(await host.Network.CreateSandboxAsync(
            "web", new SandboxConfig { Name = "web", Hostname = "web" }, default));
        using var inside = RouteSocket.Open(space);
        inside.EnsureBridge("eth0", new BridgeSettings("")); // Somebody has the name already.

        await Assert.ThrowsAsync<NetworkException>(() =>
            host.Network.ConnectAsync("web", new EndpointConfig { NetworkId = network.Id }, default));

        Assert.Empty(host.Network.GetEndpoints("web"));
        Assert.NotEqual(DnsCode.NoError, (await Wire.ResolveAsync(client.Namespace, "web")).Code);

        inside.DeleteLink("eth0");
        var endpoint = await host.Network.ConnectAsync("web", new EndpointConfig { NetworkId = network.Id }, default);
        Assert.Equal((DnsCode.NoError, endpoint.IPv4.Split('/')[0]), await FirstAsync(client, "web"));
    }

    [RootFact]
    public async Task A_container_whose_half_made_link_cannot_be_removed_is_on_no_network_either()
    {
        await using var host = await TestHost.StartAsync();
        var network = await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        using var client = await host.RunAsync("client", "app");
        using var web = await host.RunAsync("web", "bridge");
        var joining = new EndpointConfig { NetworkId = network.Id };
        var loopback = host.Route.GetLink("lo").Index; // Which the kernel lets nobody remove.
        host.Route.Rename(loopback, LinkNames.HostEnd(LinkNames.EndpointId("web", network.Id)));

        await Assert.ThrowsAsync<NetworkException>(() => host.Network.ConnectAsync("web", joining, default));
        host.Route.Rename(loopback, "lo");
        host.Route.SetAlias("lo", "");

        Assert.Equal(["bridge"], host.Network.GetEndpoints("web").Select(e => e.NetworkName));
        Assert.NotEqual(DnsCode.NoError, (await Wire.ResolveAsync(client.Namespace, "web")).Code);
        var endpoint = await host.Network.ConnectAsync("web", joining, default);
        Assert.Equal((DnsCode.NoError, endpoint.IPv4.Split('/')[0]), await FirstAsync(client, "web"));
    }

    [RootFact]
    public async Task A_published_port_answers_on_the_host_on_localhost_from_outside_and_through_the_hairpin()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        await using var outside = new TestHost();
        wire.Add(outside.Namespace, "10.77.0.9");
        using var web = await host.RunAsync("web", "bridge");
        using var other = await host.RunAsync("other", "bridge");
        using var server = Wire.Serve(web.Namespace, 80, "web");

        var bindings = await host.Network.PublishAsync("web", [new PortBinding("", 8080, 80), new PortBinding("", 0,
            80)], default);

        Assert.Equal("web 10.77.0.9", await Wire.CallAsync(outside.Namespace, "10.77.0.1", 8080));
        Assert.StartsWith("web ", await Wire.CallAsync(outside.Namespace, "10.77.0.1", bindings[1].HostPort),
            StringComparison.Ordinal);
        Assert.StartsWith("web ", await Wire.CallAsync(host.Namespace, "127.0.0.1", 8080), StringComparison.Ordinal);
        Assert.StartsWith("web ", await Wire.CallAsync(host.Namespace, "10.77.0.1", 8080), StringComparison.Ordinal);
        Assert.StartsWith("web ", await Wire.CallAsync(web.Namespace, "10.77.0.1", 8080), StringComparison.Ordinal);
        Assert.StartsWith("web ", await Wire.CallAsync(other.Namespace, "10.77.0.1", 8080), StringComparison.Ordinal);

        await host.Network.UnpublishAsync("web", default);
        Assert.Equal("ConnectionRefused", await Wire.CallAsync(outside.Namespace, "10.77.0.1", 8080));
    }

    /// <summary>Who answers is on the caller's network, too, and would answer by that: to one who asked somebody else.</summary>
    [RootFact]
    public async Task A_published_port_answers_containers_of_each_network_that_its_own_is_on()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "first", EnableIPv6 = true }, default);
        var second = await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "second", EnableIPv6 = true }, default);
        await host.Network.CreateNetworkAsync(
            new NetworkConfig
            {
                Name = "routed",
                Options = ImmutableDictionary<string, string>.Empty.Add("com.docker.network.bridge.enable_ip_masquerade", "false"),
            }, default);
        using var web = await host.RunAsync("web", "first");
        await host.Network.ConnectAsync("web", new EndpointConfig { NetworkId = "second" }, default);
        using var other = await host.RunAsync("other", "second");
        using var plain = await host.RunAsync("plain", "routed");
        using var server = Wire.Serve(web.Namespace, 80, "web");
        await host.Network.PublishAsync("web", [new PortBinding("", 8080, 80)], default);

        await AssertAnswersAsync(other, "10.77.0.1", "fd77::1");
        await AssertAnswersAsync(web, "10.77.0.1", "fd77::1");
        await AssertAnswersAsync(web, second.Pools[0].Gateway!, second.Pool6!.Gateway!);
        using var inside = RouteSocket.Open(web.Namespace);
        foreach (var (all, gateway) in new[] { ("0.0.0.0/0", second.Pools[0].Gateway!), ("::/0", second.Pool6.Gateway!) })
            inside.SetRoute(IPNetwork.Parse(all), IPAddress.Parse(gateway), inside.GetLink("eth1").Index);
        await AssertAnswersAsync(web, "10.77.0.1", "fd77::1");

        // A network that keeps its addresses keeps them here.
        Assert.Equal($"web {plain.Address}", await Wire.CallAsync(plain.Namespace, "10.77.0.1", 8080));

        static async Task AssertAnswersAsync(TestContainer caller, params string[] addresses)
        {
            foreach (var address in addresses)
                Assert.StartsWith("web ", await Wire.CallAsync(caller.Namespace, address, 8080, Mended.Try), StringComparison.Ordinal);
        }
    }

    [RootFact]
    public async Task A_container_reaches_the_world_under_the_hosts_address_and_the_world_does_not_reach_it_unpublished()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        await using var outside = new TestHost();
        wire.Add(outside.Namespace, "10.77.0.9");
        using var client = await host.RunAsync("client", "bridge");
        using var world = Wire.Serve(outside.Namespace, 80, "world");
        using var closed = Wire.Serve(client.Namespace, 80, "client");
        outside.Route.SetRoute(System.Net.IPNetwork.Parse("172.16.0.0/12"), System.Net.IPAddress.Parse("10.77.0.1"),
            outside.Route.GetLink("up0").Index);

        Assert.Equal("world 10.77.0.1", await Wire.CallAsync(client.Namespace, "10.77.0.9", 80));
        Assert.Equal("Silence", await Wire.CallAsync(outside.Namespace, client.Address.ToString(), 80, Wire.Shortly));
    }

    [RootFact]
    public async Task Networks_are_apart_and_an_internal_one_leads_nowhere()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        await using var outside = new TestHost();
        wire.Add(outside.Namespace, "10.77.0.9");
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "one" }, default);
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "closed", Internal = true }, default);
        using var inOne = await host.RunAsync("in-one", "one");
        using var inClosed = await host.RunAsync("in-closed", "closed");
        using var inBridge = await host.RunAsync("in-bridge", "bridge");
        using var server = Wire.Serve(inOne.Namespace, 80, "one");
        using var world = Wire.Serve(outside.Namespace, 80, "world");

        Assert.Equal("Silence", await Wire.CallAsync(inBridge.Namespace, inOne.Address.ToString(), 80, Wire.Shortly));
        Assert.Equal("NetworkUnreachable", await Wire.CallAsync(inClosed.Namespace, "10.77.0.9", 80));
        Assert.StartsWith("world", await Wire.CallAsync(inOne.Namespace, "10.77.0.9", 80), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_network_without_icc_keeps_its_containers_from_one_another()
    {
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "shy", Icc = false }, default);
        using var one = await host.RunAsync("one", "shy");
        using var two = await host.RunAsync("two", "shy");
        using var server = Wire.Serve(one.Namespace, 80, "one");

        Assert.NotEqual("one", (await Wire.CallAsync(two.Namespace, one.Address.ToString(), 80, Wire.Shortly)).Split(' ')[0]);
    }

    [RootFact]
    public async Task A_hardware_address_that_another_has_on_the_network_is_refused_but_not_its_own()
    {
        await using var host = await TestHost.StartAsync();
        foreach (var name in new[] { "app", "other" })
            await host.Network.CreateNetworkAsync(
                new NetworkConfig { Name = name, Pools = [new IpamPool(name == "app" ? "10.60.0.0/24" : "10.61.0.0/24")] }, default);
        static EndpointConfig Asking(string? mac, string network = "app", string? ip = null) =>
            new() { NetworkId = network, Mac = mac, IPv4 = ip };
        using var web = await host.RunAsync("web", Asking("02:42:0A:3C:00:03"));
        using var next = await host.RunAsync("next", "app");
        await host.Network.CreateSandboxAsync("second", new SandboxConfig { Name = "second" }, default);

        foreach (var (asked, said) in new[]
        {
            (Asking("02:42:0a:3c:00:03"), "MAC address 02:42:0a:3c:00:03 is container web's already on network app"),
            (Asking(null, ip: "10.60.0.3"), "MAC address 02:42:0a:3c:00:03 is container web's already on network app"),
            (Asking("02:42:0a:3c:00:01"), "MAC address 02:42:0a:3c:00:01 is the bridge's already on network app"),
        })
        {
            var refusal = await Assert.ThrowsAsync<NetworkException>(() => host.Network.ConnectAsync("second", asked, default));
            Assert.Equal(
                (NetworkFault.Conflict, $"{said}: give another with --mac-address, or none"), (refusal.Fault, refusal.Message));
        }

        var elsewhere = await host.Network.ConnectAsync("second", Asking("02:42:0a:3c:00:03", "other"), default);
        await host.RestartDaemonAsync(new HashSet<string> { "web", "next", "second" });
        var again = await host.Network.ConnectAsync("web", Asking("02:42:0a:3c:00:03"), default);

        Assert.Equal("02:42:0a:3c:00:03", elsewhere.Mac);
        Assert.Equal("10.60.0.4", next.Address.ToString());
        Assert.Equal("02:42:0a:3c:00:03", again.Mac);
    }

    [RootFact]
    public async Task A_port_that_is_taken_is_refused_in_dockers_words_and_nothing_is_published()
    {
        await using var host = await TestHost.StartAsync();
        using var web = await host.RunAsync("web", "bridge");
        using var other = await host.RunAsync("other", "bridge");
        using var occupant = Wire.Serve(host.Namespace, 9090, "occupant");
        await host.Network.PublishAsync("web", [new PortBinding("", 8080, 80)], default);

        var byContainer = await Assert.ThrowsAsync<NetworkException>(() =>
            host.Network.PublishAsync("other", [new PortBinding("", 8081, 80), new PortBinding("", 8080, 80)],
                default));
        var byProcess = await Assert.ThrowsAsync<NetworkException>(() =>
            host.Network.PublishAsync("other", [new PortBinding("", 9090, 80)], default));
        var free = await host.Network.PublishAsync("other", [new PortBinding("", 8081, 80)], default);

        Assert.Equal(NetworkFault.PortTaken, byContainer.Fault);
        Assert.Equal(
            "Bind for 0.0.0.0:8080 failed: port is already allocated; publish another port, or stop what uses this one: "
            + "container web", byContainer.Message);
        Assert.StartsWith("Bind for 0.0.0.0:9090 failed: port is already allocated", byProcess.Message,
            StringComparison.Ordinal);
        Assert.Equal(8081, free[0].HostPort);
    }

    [RootTheory]
    [InlineData("0.0.0.0", "", "tcp", true)]
    [InlineData("::", "", "tcp", true)]
    [InlineData("127.0.0.1", "", "tcp", true)]
    [InlineData("10.77.0.1", "", "tcp", true)]
    [InlineData("0.0.0.0", "10.77.0.1", "tcp", true)]
    [InlineData("::", "127.0.0.1", "tcp", true)]
    [InlineData("10.77.0.1", "10.77.0.1", "tcp", true)]
    [InlineData("127.0.0.1", "10.77.0.1", "tcp", false)]
    [InlineData("0.0.0.0", "", "udp", false)]
    public async Task A_port_at_which_the_host_itself_listens_is_never_published_over_it(
        string listensAt, string published, string protocol, bool isRefused)
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        await using var outside = new TestHost();
        wire.Add(outside.Namespace, "10.77.0.9");
        using var web = await host.RunAsync("web", "bridge");
        using var server = Wire.Serve(web.Namespace, 80, "web");
        // As sshd does.
        using var shell = Wire.ServeAt(host.Namespace, IPAddress.Parse(listensAt), 22, "shell");

        var refusal = await Record.ExceptionAsync(
            () => host.Network.PublishAsync("web", [new PortBinding(published, 22, 80, protocol)], default));

        Assert.Equal(
            !isRefused ? null : $"Bind for {(published.Length > 0 ? published : "0.0.0.0")}:22 failed: port is already allocated; "
                + "publish another port, or stop what uses this one: "
                + $"{File.ReadAllText("/proc/self/comm").Trim()} (process {Environment.ProcessId})", refusal?.Message);
        var at = listensAt is "127.0.0.1" ? listensAt : "10.77.0.1";
        Assert.StartsWith(
            "shell ", await Wire.CallAsync(at == "127.0.0.1" ? host.Namespace : outside.Namespace, at, 22), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_daemon_killed_with_a_namespace_half_made_or_half_removed_leaves_no_file_of_it()
    {
        await using var host = await TestHost.StartAsync();
        using var web = await host.RunAsync("web", "bridge");
        var file = host.FileOfNamespace("web");
        Linux.Netlink.NetNamespace.Unpin(file);
        File.WriteAllBytes(file, []);

        await host.RestartDaemonAsync(new HashSet<string> { "web" });
        await host.Network.DeleteSandboxAsync("web", default);

        Assert.False(File.Exists(file));
    }

    [RootFact]
    public async Task While_the_daemon_is_dead_names_resolve_and_ports_answer_and_the_next_one_knows_them_all()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        using var web = await host.RunAsync("web", "app");
        using var client = await host.RunAsync("client", "app");
        using var server = Wire.Serve(web.Namespace, 80, "web");
        await host.Network.PublishAsync("web", [new PortBinding("", 8080, 80)], default);
        var before = host.Network.GetEndpoints("web");

        await host.Network.DisposeAsync();
        Assert.Equal((DnsCode.NoError, web.Address.ToString()), await FirstAsync(client, "web"));
        Assert.StartsWith("web ", await Wire.CallAsync(host.Namespace, "10.77.0.1", 8080), StringComparison.Ordinal);

        await host.RestartDaemonAsync(new HashSet<string> { "web", "client" });
        Assert.Equal(before.Single().IPv4, host.Network.GetEndpoints("web").Single().IPv4);
        Assert.Equal((DnsCode.NoError, web.Address.ToString()), await FirstAsync(client, "web"));
        Assert.StartsWith("web ", await Wire.CallAsync(host.Namespace, "10.77.0.1", 8080), StringComparison.Ordinal);
        var taken = await Assert.ThrowsAsync<NetworkException>(() =>
            host.Network.PublishAsync("client", [new PortBinding("", 8080, 80)], default));
        Assert.Equal(NetworkFault.PortTaken, taken.Fault);
    }

    [RootFact]
    public async Task A_port_that_a_program_took_while_nobody_held_it_is_the_programs_until_it_is_free()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        using var web = await host.RunAsync("web", "bridge");
        using var one = Wire.Serve(web.Namespace, 80, "web");
        await host.Network.PublishAsync("web", [new PortBinding("", 8080, 80), new PortBinding("", 9090, 80)], default);
        await host.Network.DisposeAsync();
        var helper = host.FindHelper()!;
        helper.Kill();
        await helper.WaitForExitAsync();
        var theirs = Wire.Serve(host.Namespace, 8080, "theirs");

        await host.RestartDaemonAsync();

        var told = Assert.Single(await host.Network.CheckAsync(mend: true, default));
        Assert.Equal(("container web", "port 8080/tcp does not answer"), (told.Place, told.Finding));
        Assert.Contains("port is already allocated", told.Fault, StringComparison.Ordinal);
        Assert.StartsWith("theirs ", await Wire.CallAsync(host.Namespace, "10.77.0.1", 8080), StringComparison.Ordinal);
        Assert.StartsWith("web ", await Wire.CallAsync(host.Namespace, "10.77.0.1", 9090), StringComparison.Ordinal);

        theirs.Dispose();
        var then = told;
        for (var tries = 0; then.Fault is not null && tries < 100; tries++, await Task.Delay(50)) // A listener closes in its own time.
            then = Assert.Single(await host.Network.CheckAsync(mend: true, default));
        Assert.Equal(told with { Fault = null }, then);
        Assert.Empty(await host.Network.CheckAsync(mend: true, default));
        foreach (var port in new[] { 8080, 9090 })
            Assert.StartsWith("web ", await Wire.CallAsync(host.Namespace, "10.77.0.1", port), StringComparison.Ordinal);
        using var other = await host.RunAsync("other", "bridge");
        foreach (var port in new[] { 8080, 9090 })
            await Assert.ThrowsAsync<NetworkException>(
                () => host.Network.PublishAsync("other", [new PortBinding("", port, 80)], default));
    }

    [RootFact]
    public async Task A_port_that_cannot_be_held_with_one_that_is_free_again_leads_to_no_container()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        using var web = await host.RunAsync("web", "bridge");
        using var one = Wire.Serve(web.Namespace, 80, "web");
        await host.Network.PublishAsync("web", [new PortBinding("", 8080, 80), new PortBinding("", 9090, 80)], default);
        await host.Network.DisposeAsync();
        await KillHelperAsync();
        var first = Wire.Serve(host.Namespace, 8080, "first");
        await host.RestartDaemonAsync();
        // An orch-net that knows of no ports leaves the other one to whoever comes first.
        foreach (var file in Directory.GetFiles(host.Options.ExecRoot, "ports-web.json", SearchOption.AllDirectories))
            File.Delete(file);
        await KillHelperAsync();
        var second = Wire.Serve(host.Namespace, 9090, "second");

        first.Dispose();
        await UntilLostAsync(9090);

        Assert.StartsWith("second ", await Wire.CallAsync(host.Namespace, "10.77.0.1", 9090), StringComparison.Ordinal);
        second.Dispose();
        await UntilLostAsync();
        Assert.StartsWith("web ", await Wire.CallAsync(host.Namespace, "10.77.0.1", 8080), StringComparison.Ordinal);
        Assert.StartsWith("web ", await Wire.CallAsync(host.Namespace, "10.77.0.1", 9090), StringComparison.Ordinal);

        async Task KillHelperAsync()
        {
            var helper = host.FindHelper()!;
            helper.Kill();
            await helper.WaitForExitAsync();
        }

        // A listener closes in its own time.
        async Task UntilLostAsync(params int[] ports)
        {
            for (var tries = 0; ; tries++, await Task.Delay(50))
            {
                var found = (await host.Network.CheckAsync(mend: true, default)).Where(d => d.Fault is not null);
                if (ports.All(port => found.Any(d => d.Finding.StartsWith($"port {port}/", StringComparison.Ordinal)))
                    && (ports.Length > 0 || !found.Any()))
                    return;
                Assert.True(tries < 100, string.Join('\n', found));
            }
        }
    }

    [RootFact]
    public async Task A_network_that_cannot_be_restored_keeps_no_other_from_being_and_is_as_soon_as_it_can()
    {
        await using var host = await TestHost.StartAsync();
        var app = await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "other" }, default);
        using var lost = await host.RunAsync("lost", "app");
        using var well = await host.RunAsync("well", "other");
        using var first = Wire.Serve(lost.Namespace, 80, "lost");
        using var second = Wire.Serve(well.Namespace, 80, "well");
        var (bridge, spare) = ($"br-{app.Id[..12]}", LinkOf(host, "lost"));
        await host.Network.DisposeAsync();
        host.Route.DeleteLink(bridge);
        host.Route.DeleteLink(spare);
        host.Route.DeleteLink(LinkOf(host, "well"));
        host.Route.CreateVeth(new VethSettings(bridge, "foreign", new MacAddress(0x0242_0b0b_0b0b), 1500), host.Namespace);

        await host.RestartDaemonAsync();

        Assert.StartsWith("well ", await Wire.CallAsync(host.Namespace, well.Address.ToString(), 80), StringComparison.Ordinal);
        Assert.Contains(await host.Network.CheckAsync(mend: true, default), drift =>
            drift.Finding.Contains(bridge, StringComparison.Ordinal) && drift.Fault is not null);
        host.Route.DeleteLink(bridge);
        await host.Network.CheckAsync(mend: true, default);
        Assert.StartsWith("lost ", await Wire.CallAsync(host.Namespace, lost.Address.ToString(), 80), StringComparison.Ordinal);
        Assert.Empty(await host.Network.CheckAsync(mend: true, default));
    }

    [RootFact]
    public async Task What_was_removed_by_hand_is_mended_and_what_belongs_to_a_lost_container_is_removed_at_start()
    {
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        using var web = await host.RunAsync("web", "app");
        using var client = await host.RunAsync("client", "app");
        using (var lost = await host.RunAsync("lost", "app"))
            await host.Network.PublishAsync("lost", [new PortBinding("", 8080, 80)], default);
        using var server = Wire.Serve(web.Namespace, 80, "web");
        host.Route.DeleteLink(LinkOf(host, "web"));
        var lostLink = LinkOf(host, "lost");

        await host.RestartDaemonAsync(new HashSet<string> { "web", "client" });

        Assert.StartsWith("web ", await Wire.CallAsync(client.Namespace, web.Address.ToString(), 80),
            StringComparison.Ordinal);
        Assert.Null(host.Route.FindLink(lostLink));
        Assert.Empty(host.Network.GetEndpoints("lost"));
        Assert.Equal((DnsCode.ServerFailure, ""), await FirstAsync(client, "lost"));
        await host.Network.PublishAsync("client", [new PortBinding("", 8080, 80)], default);
    }

    [RootFact]
    public async Task What_a_daemon_was_killed_over_is_swept_away_by_the_next()
    {
        await using var host = await TestHost.StartAsync();
        var network = await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        var records = Path.Combine(host.Options.DataRoot, "networks");
        File.Delete(Path.Combine(records, $"{network.Id}.json"));
        File.WriteAllText(Path.Combine(records, $"{network.Id}.json.4711.tmp"), "{");

        await host.RestartDaemonAsync();

        Assert.Null(host.Route.FindLink($"br-{network.Id[..12]}"));
        Assert.Empty(Directory.GetFiles(records, "*.tmp"));
    }

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_bridge_that_somebody_made_stays_when_its_network_goes_with_its_own_address_alone(bool hadGateway)
    {
        await using var host = await TestHost.StartAsync();
        var bridge = TheirBridge(host, hadGateway ? "10.79.0.1" : "10.79.0.7");
        await host.Network.CreateNetworkAsync(OnTheirBridge, default);
        using (var container = await host.RunAsync("c", "theirs"))
            await host.Network.DeleteSandboxAsync("c", default);

        await host.RestartDaemonAsync();
        await host.Network.RemoveNetworkAsync("theirs", default);

        Assert.Equal((bridge.Index, ""), (host.Route.FindLink("br9")?.Index, host.Route.FindLink("br9")?.Alias));
        Assert.Equal(
            hadGateway ? "10.79.0.1" : "10.79.0.7",
            Assert.Single(host.Route.ListAddresses(), a => a.Index == bridge.Index).Address.ToString());
        Assert.Equal("0", host.Namespace.Run(() => File.ReadAllText("/proc/sys/net/ipv4/conf/br9/route_localnet").Trim()));
    }

    [RootFact]
    public async Task A_bridge_that_somebody_made_serves_its_network_through_restarts_and_stays_when_the_node_is_destroyed()
    {
        await using var outside = new TestHost();
        await using (var host = await TestHost.StartAsync())
        {
            var bridge = TheirBridge(host, "10.79.0.1");
            outside.Route.CreateVeth(new VethSettings("far0", "near0", new MacAddress(0x0242_0b0b_0b0b), 1500), host.Namespace);
            host.Route.SetMaster("near0", bridge.Index);
            var network = await host.Network.CreateNetworkAsync(OnTheirBridge, default);
            host.Route.SetAlias("br9", $"orch:{network.Id}"); // As an earlier version marked it.
            await host.RestartDaemonAsync();
            using var container = await host.RunAsync("c", "theirs");
            using var server = Wire.Serve(container.Namespace, 80, "c");

            Assert.Empty(await host.Network.CheckAsync(mend: true, default));
            Assert.Equal("", host.Route.GetLink("br9").Alias);
            Assert.Equal("c 10.79.0.1", await Wire.CallAsync(host.Namespace, container.Address.ToString(), 80));

            await host.Network.DestroyAsync(default);
            Assert.Equal(bridge.Index, host.Route.FindLink("br9")?.Index);
            Assert.Equal(bridge.Index, host.Route.FindLink("near0")?.Master);
        }
    }

    [RootFact]
    public async Task A_bridge_that_somebody_made_and_deletes_is_made_anew_and_then_goes_with_its_network()
    {
        await using var host = await TestHost.StartAsync();
        TheirBridge(host, "10.79.0.1");
        await host.Network.CreateNetworkAsync(OnTheirBridge, default);
        using var container = await host.RunAsync("c", "theirs");
        using var server = Wire.Serve(container.Namespace, 80, "c");

        host.Route.DeleteLink("br9");
        await host.Network.CheckAsync(mend: true, default);

        Assert.Equal("c 10.79.0.1", await Wire.CallAsync(host.Namespace, container.Address.ToString(), 80));
        await host.Network.DeleteSandboxAsync("c", default);
        await host.Network.RemoveNetworkAsync("theirs", default);
        Assert.Null(host.Route.FindLink("br9"));
    }

    [RootFact]
    public async Task A_network_that_cannot_be_made_leaves_a_bridge_of_somebody_else_as_it_was_and_none_of_its_own()
    {
        await using var host = new TestHost();
        await host.StartWithAsync(host.Options with { Mtu = 1000 }); // Too small for IPv6.
        var bridge = TheirBridge(host, "10.79.0.7");
        host.Route.SetMtu("br9", 1000);
        var before = host.Route.ListLinks().Select(link => link.Name).ToList();
        var six = new IpamPool("fd00:79::/64");

        await Assert.ThrowsAsync<NetworkException>(() => host.Network.CreateNetworkAsync(
            OnTheirBridge with { EnableIPv6 = true, Pools = OnTheirBridge.Pools.Add(six) }, default));
        await Assert.ThrowsAsync<NetworkException>(() => host.Network.CreateNetworkAsync(
            new NetworkConfig { Name = "ours", EnableIPv6 = true, Pools = [six] }, default));

        Assert.Equal("", host.Route.GetLink("br9").Alias);
        Assert.Equal("10.79.0.7", Assert.Single(host.Route.ListAddresses(), a => a.Index == bridge.Index).Address.ToString());
        Assert.Equal(before, host.Route.ListLinks().Select(link => link.Name));
    }

    [RootFact]
    public async Task A_bridge_is_one_networks_alone()
    {
        await using var host = await TestHost.StartAsync();
        TheirBridge(host, "10.79.0.1");
        await host.Network.CreateNetworkAsync(OnTheirBridge, default);

        var refusal = await Assert.ThrowsAsync<NetworkException>(() => host.Network.CreateNetworkAsync(
            OnTheirBridge with { Name = "second", Pools = [] }, default));

        Assert.Equal(NetworkFault.Conflict, refusal.Fault);
        Assert.Contains("bridge br9 is that of network theirs", refusal.Message, StringComparison.Ordinal);
    }

    private static NetworkConfig OnTheirBridge => new()
    {
        Name = "theirs",
        Pools = [new IpamPool("10.79.0.0/24")],
        Options = ImmutableDictionary<string, string>.Empty.Add("com.docker.network.bridge.name", "br9"),
    };

    private static LinkInfo TheirBridge(TestHost host, string address)
    {
        var bridge = host.Route.EnsureBridge("br9", new BridgeSettings());
        host.Route.EnsureAddress(bridge.Index, IPAddress.Parse(address), 24);
        return bridge;
    }

    [RootFact]
    public async Task A_killed_helper_is_back_at_once_with_all_names_and_ports()
    {
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        using var web = await host.RunAsync("web", "app");
        using var client = await host.RunAsync("client", "app");
        await host.Network.PublishAsync("web", [new PortBinding("", 8080, 80)], default);
        var killed = host.FindHelper()!;

        killed.Kill();
        await killed.WaitForExitAsync();
        while (host.FindHelper(except: killed.Id) is null || await SilentAsync(client, "web"))
            await Task.Delay(20);

        Assert.Equal((DnsCode.NoError, web.Address.ToString()), await FirstAsync(client, "web"));
        await Assert.ThrowsAsync<NetworkException>(() =>
            host.Network.PublishAsync("client", [new PortBinding("", 8080, 80)], default));
    }

    [RootFact]
    public async Task A_helper_that_hangs_is_ended_and_neither_names_nor_the_daemon_hang_with_it()
    {
        const int stop = 19;
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        using var web = await host.RunAsync("web", "app");
        using var client = await host.RunAsync("client", "app");
        var hung = host.FindHelper()!;

        ThisProcess.Kill(hung.Id, stop);
        while (host.FindHelper(except: hung.Id) is null || await SilentAsync(client, "web"))
            await Task.Delay(20);
        await hung.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));

        // It answers containers before it listens to the daemon.
        await host.Network.PublishAsync("client", [new PortBinding("", 8081, 80)], default);
        using var next = host.FindHelper()!;
        ThisProcess.Kill(next.Id, stop);
        await host.Network.PublishAsync("web", [new PortBinding("", 8080, 80)], default);
        await next.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [RootFact]
    public async Task Destroying_a_node_leaves_no_link_table_process_or_file()
    {
        var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        using (var web = await host.RunAsync("web", "app"))
            await host.Network.PublishAsync("web", [new PortBinding("", 8080, 80)], default);
        var helper = host.FindHelper()!;

        await host.Network.DestroyAsync(default);

        await helper.WaitForExitAsync();
        Assert.Equal(["lo"], host.Route.ListLinks().Select(l => l.Name));
        Assert.Equal("", Linux.Nftables.Nft.List(host.Namespace, "list tables").Trim());
        Assert.Empty(Directory.EnumerateFiles(host.Options.ExecRoot, "*", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFiles(host.Options.DataRoot, "*", SearchOption.AllDirectories));
        await host.DisposeAsync();
    }

    [RootFact]
    public async Task Names_resolve_over_tcp_too_and_one_connection_may_ask_twice()
    {
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        using var web = await host.RunAsync("web", "app");

        var answers = await Wire.ResolveByTcpAsync(web.Namespace, ["web", "nobody", "web.app"]);

        Assert.Equal([web.Address.ToString(), "ServerFailure", web.Address.ToString()], answers);
    }

    [RootFact]
    public async Task A_foreign_name_is_asked_of_the_hosts_resolver_from_the_containers_own_namespace()
    {
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "closed", Internal = true }, default);
        using var web = await host.RunAsync("web", "app");
        using var sealedOff = await host.RunAsync("sealed-off", "closed");
        using var upstream = Wire.ServeNames(host.Namespace, TestHost.Upstream, "198.51.100.7");

        Assert.Equal((DnsCode.NoError, "198.51.100.7"), await FirstAsync(web, "example.org"));
        Assert.Equal((DnsCode.ServerFailure, ""), await FirstAsync(sealedOff, "example.org"));
        Assert.Equal([web.Address.ToString()], upstream.Askers);
    }

    [RootFact]
    public async Task A_silent_upstream_delays_one_question_and_no_other()
    {
        await using var host = await TestHost.StartAsync();
        host.Route.EnsureAddress(host.Route.GetLink("lo").Index, IPAddress.Parse("192.0.2.54"), 32);
        await File.WriteAllTextAsync(host.Options.HostResolvConf, $"nameserver 192.0.2.54\nnameserver {TestHost.Upstream}\n");
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        using var web = await host.RunAsync("web", "app");
        using var silent = Wire.Listen(host.Namespace, "192.0.2.54:53");
        using var upstream = Wire.ServeNames(host.Namespace, TestHost.Upstream, "198.51.100.7");

        for (var i = 0; i < 4; i++)
            Assert.Equal((DnsCode.NoError, "198.51.100.7"), await FirstAsync(web, $"n{i}.example.org"));

        // Of the questions after the first it hears only those that the other was slow to answer.
        Assert.Equal(4, upstream.Askers.Count);
        var first = new byte[512];
        Assert.Contains("n0", System.Text.Encoding.ASCII.GetString(first, 0, silent.Receive(first)));
        var heard = 1;
        for (; silent.Available > 0; heard++)
            silent.Receive(first);
        Assert.InRange(heard, 1, 3);
    }

    [RootFact]
    public async Task A_resolver_on_the_hosts_loopback_is_asked_for_a_container_unless_it_has_no_way_out()
    {
        await using var host = await TestHost.StartAsync();
        await File.WriteAllTextAsync(host.Options.HostResolvConf, "nameserver 127.0.0.53\n");
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "closed", Internal = true }, default);
        using var web = await host.RunAsync("web", "app");
        using var sealedOff = await host.RunAsync("sealed-off", "closed");
        using var upstream = Wire.ServeNames(host.Namespace, "127.0.0.53", "198.51.100.7");

        Assert.Equal((DnsCode.NoError, "198.51.100.7"), await FirstAsync(web, "example.org"));
        Assert.Equal((DnsCode.ServerFailure, ""), await FirstAsync(sealedOff, "example.org"));
        Assert.Single(upstream.Askers);
    }

    private static string LinkOf(TestHost host, string id) => host.Network.GetEndpoints(id).Single().HostInterfaceName;

    private static async Task<(DnsCode, string)> FirstAsync(TestContainer asker, string name)
    {
        var (code, values) = await Wire.ResolveAsync(asker.Namespace, name);
        return (code, values.FirstOrDefault() ?? "");
    }

    private static async Task<(DnsCode, int)> CountAsync(TestContainer asker, string name, DnsType type)
    {
        var (code, values) = await Wire.ResolveAsync(asker.Namespace, name, type);
        return (code, values.Length);
    }

    private static async Task<bool> SilentAsync(TestContainer asker, string name)
    {
        try
        {
            await Wire.ResolveAsync(asker.Namespace, name);
            return false;
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or OperationCanceledException)
        {
            return true;
        }
    }
}
