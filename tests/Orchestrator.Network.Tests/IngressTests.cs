using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests;

/// <summary>Whom a task sees calling, and which task a caller gets.</summary>
public sealed class IngressTests
{
    private const string Client = "10.77.0.9";

    [RootFact]
    public async Task A_task_sees_the_clients_own_address_whichever_host_the_client_asks()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0), ("web.2.b", "10.0.0.6", 1));
        using var servers = cluster.ServeAll(80);
        await using var outside = Outside(cluster);
        // As strict as a host can be set: the way in is not the way to the client.
        foreach (var task in new[] { "web.1.a", "web.2.b" })
            cluster[task].Namespace.Run(() => File.WriteAllText("/proc/sys/net/ipv4/conf/all/rp_filter", "1"));

        foreach (var host in new[] { "10.77.0.1", "10.77.0.2" })
            Assert.Equal(["web.1.a 10.77.0.9", "web.2.b 10.77.0.9"], await SeenAsync(outside.Namespace, host, 20));

        // Of the loopback nobody elsewhere can answer, nor of a network that every host has of its own.
        var hosts = cluster.Hosts;
        Assert.Equal(["web.1.a 10.0.0.2", "web.2.b 10.0.0.2"], await SeenAsync(hosts[0].Namespace, "127.0.0.1", 20));
        Assert.Equal(["web.1.a 10.77.0.2", "web.2.b 10.77.0.2"], await SeenAsync(hosts[1].Namespace, "10.77.0.2", 20));
        Assert.Equal(["web.1.a 10.77.0.1", "web.2.b 10.77.0.1"], await SeenAsync(hosts[0].Namespace, "10.77.0.2", 20));
        using var neighbour = await hosts[0].RunAsync("neighbour", "bridge");
        Assert.Equal(["web.1.a 10.0.0.2", "web.2.b 10.0.0.2"], await SeenAsync(neighbour.Namespace, "10.77.0.1", 20));
        Assert.Equal(
            ["web.1.a 10.0.0.2", "web.2.b 10.0.0.2"], await SeenAsync(cluster["web.1.a"].Namespace, "10.77.0.1", 20));
    }

    [RootFact]
    public async Task A_bridge_that_is_to_have_addresses_of_the_mesh_is_refused()
    {
        var mesh = TwoHosts.Mesh with { EnableIPv6 = true, Pools = [new IpamPool("10.0.0.0/24"), new IpamPool("fd02::/64")] };
        await using var cluster = await TwoHosts.StartAsync(mesh);
        var host = cluster.Hosts[0];
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 1));
        cluster.Widen("10.9.0.0/24");
        await cluster.ApplyAsync();
        static NetworkConfig At(string subnet) =>
            new() { Name = "app", EnableIPv6 = subnet.Contains(':', StringComparison.Ordinal), Pools = [new IpamPool(subnet)] };

        foreach (var (subnet, pool) in new[]
        {
            ("10.0.0.0/25", "10.0.0.0/24"), ("10.0.0.128/25", "10.0.0.0/24"), ("10.9.0.128/25", "10.9.0.0/24"),
            ("fd02::1:0:0:0/80", "fd02::/64"),
        })
        {
            var refusal = await Assert.ThrowsAsync<NetworkException>(() => host.Network.CreateNetworkAsync(At(subnet), default));
            Assert.Equal(
                $"Pool overlaps with other one on this address space; {subnet} overlaps {pool} of network ingress, by which "
                + "published ports are reached: choose another", refusal.Message);
        }

        await host.Network.CreateNetworkAsync(At("10.0.1.0/24"), default);
    }

    [RootFact]
    public async Task No_bridge_is_given_the_meshs_subnet_while_no_route_says_whose_it_is()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        var host = cluster.Hosts[0];
        await host.StartWithAsync(host.Options with { Pools = [new SubnetPool("10.0.0.0/23", 24), .. host.Options.Pools] });
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 1));

        host.Route.DeleteLink("ing0");
        var chosen = await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);

        Assert.Equal("10.0.1.0/24", chosen.Pools[0].Subnet);
    }

    [RootFact]
    public async Task A_port_that_a_service_or_a_container_has_is_refused_to_the_other_with_its_name()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 1));
        var host = cluster.Hosts[0];
        using var shop = await host.RunAsync("shop", "bridge");
        await host.Network.PublishAsync("shop", [new PortBinding("127.0.0.1", 8081, 80)], default);
        cluster.Published = [.. cluster.Published, new IngressPort("tcp", 8081, 81, "s1", [])];
        await cluster.ApplyAsync();

        var refusal = await Assert.ThrowsAsync<NetworkException>(
            () => host.Network.PublishAsync("shop", [new PortBinding("", 8080, 80)], default));

        Assert.EndsWith("stop what uses this one: service s1", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("stop what uses this one: container shop", Assert.Single(cluster.Faults), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_port_that_two_services_publish_costs_only_the_second_one_its_port_and_says_so()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        cluster.Published =
        [
            new IngressPort("tcp", 8080, 80, "s1", []), new IngressPort("tcp", 8080, 81, "s2", []),
            new IngressPort("tcp", 8081, 80, "s3", []),
        ];
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 1));
        using var servers = cluster.ServeAll(80);
        await using var outside = Outside(cluster);

        foreach (var port in new[] { 8080, 8081 })
            Assert.Equal($"web.1.a {Client}", await Wire.CallAsync(outside.Namespace, "10.77.0.1", port, TimeSpan.FromSeconds(20)));
        Assert.Equal(
            "port 8080/tcp of service s2 does not answer here: service s1 publishes it, too; publish another port",
            Assert.Single(cluster.Faults.Distinct()));
    }

    [RootFact]
    public async Task A_link_of_the_hosts_that_is_named_like_the_meshs_is_left_alone()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        host.Route.CreateVxlan(new VxlanSettings("ing0", 7, IPAddress.Parse(host.Vtep), 4790, 1450), host.Namespace);

        await host.Network.ApplyClusterAsync(new ClusterView(host.Vtep), default);

        Assert.NotNull(host.Route.FindLink("ing0"));
    }

    [RootFact]
    public async Task Datagrams_bear_the_clients_address_and_are_answered_from_the_port_that_was_asked()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        cluster.Published = [new IngressPort("udp", 5353, 53, "s1", [])];
        await cluster.PlaceAsync(("dns.1.a", "10.0.0.5", 0));
        using var server = Wire.Echo(cluster["dns.1.a"].Namespace, 53);
        await using var outside = Outside(cluster);

        Assert.Equal(Client, await Wire.AskAsync(outside.Namespace, "10.77.0.1", 5353));
        Assert.Equal(Client, await Wire.AskAsync(outside.Namespace, "10.77.0.2", 5353));
        Assert.Equal("10.0.0.2", await Wire.AskAsync(cluster.Hosts[0].Namespace, "127.0.0.1", 5353));
        Assert.Equal("10.0.0.3", await Wire.AskAsync(cluster.Hosts[1].Namespace, "127.0.0.1", 5353));
        Assert.Equal("10.77.0.2", await Wire.AskAsync(cluster.Hosts[1].Namespace, "10.77.0.2", 5353));
    }

    [RootFact]
    public async Task A_task_of_a_further_pool_sees_the_clients_too_and_nobody_sends_under_its_address()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0));
        cluster.Widen("10.9.0.0/24");
        await cluster.PlaceAsync(("web.2.b", "10.9.0.6", 1));
        using var servers = cluster.ServeAll(80);
        await using var outside = Outside(cluster);

        foreach (var host in new[] { "10.77.0.1", "10.77.0.2" })
            Assert.Equal(["web.1.a 10.77.0.9", "web.2.b 10.77.0.9"], await SeenAsync(outside.Namespace, host, 20));
        using var overlay = NetNamespace.Open(cluster.Hosts[0].FileOfNamespace("overlay-1000"));
        Assert.Contains("ip saddr != 10.0.0.0/24 ip saddr != 10.9.0.0/24 accept", Nft.List(overlay, "list table netdev orch_guard"),
            StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Datagrams_of_a_node_that_has_its_address_of_a_further_pool_are_answered_too()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        cluster.Widen("10.9.0.0/24");
        cluster.MeshAddress = host => host == 0 ? "10.0.0.2" : "10.9.0.3";
        cluster.Published = [new IngressPort("udp", 5353, 53, "s1", [])];
        await cluster.PlaceAsync(("dns.1.a", "10.0.0.5", 0));
        using var server = Wire.Echo(cluster["dns.1.a"].Namespace, 53);

        Assert.Equal("10.9.0.3", await Wire.AskAsync(cluster.Hosts[1].Namespace, "127.0.0.1", 5353));
        Assert.Equal("10.0.0.2", await Wire.AskAsync(cluster.Hosts[0].Namespace, "127.0.0.1", 5353));
    }

    [RootFact]
    public async Task A_service_that_asks_for_it_sees_the_node_instead_of_the_client()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        cluster.Published = [new IngressPort("tcp", 8080, 80, "s1", []) { Masquerades = true }];
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0));
        using var servers = cluster.ServeAll(80);
        await using var outside = Outside(cluster);

        Assert.Equal("web.1.a 10.0.0.2", await Wire.CallAsync(outside.Namespace, "10.77.0.1", 8080));
        Assert.Equal("web.1.a 10.0.0.3", await Wire.CallAsync(outside.Namespace, "10.77.0.2", 8080));
    }

    [RootFact]
    public async Task A_sticky_port_leads_a_client_to_one_task_through_whichever_host_and_others_elsewhere()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        cluster.Published = [new IngressPort("tcp", 8080, 80, "s1", []) { IsSticky = true }];
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0), ("web.2.b", "10.0.0.6", 1), ("web.3.c", "10.0.0.7", 1));
        using var servers = cluster.ServeAll(80);
        await using var outside = Outside(cluster);
        var clients = Enumerable.Range(20, 24).Select(n => $"10.77.0.{n}").ToList();
        foreach (var client in clients)
            outside.Route.EnsureAddress(outside.Route.GetLink("up0").Index, IPAddress.Parse(client), 24);

        async Task<string[]> ChosenAsync(string host) =>
            await Task.WhenAll(clients.Select(c => Wire.CallAsync(outside.Namespace, host, 8080, from: c)));
        var first = await ChosenAsync("10.77.0.1");
        Assert.Equal(clients, first.Select(answer => answer.Split(' ')[1]));
        Assert.Equal(3, first.Select(answer => answer.Split(' ')[0]).Distinct().Count());
        Assert.Equal(first, await ChosenAsync("10.77.0.1"));
        Assert.Equal(first, await ChosenAsync("10.77.0.2"));

        // Those of a task that goes are led elsewhere; most of the others are not.
        cluster.SetReady("web.3.c", false);
        await cluster.ApplyAsync();
        var then = await ChosenAsync("10.77.0.2");
        Assert.DoesNotContain(then, answer => answer.StartsWith("web.3.c", StringComparison.Ordinal));
        var stayed = first.Zip(then).Count(p => p.First == p.Second);
        Assert.InRange(stayed, first.Count(a => !a.StartsWith("web.3.c", StringComparison.Ordinal)) * 2 / 3, 24);
    }

    [RootFact]
    public async Task A_sticky_virtual_address_leads_each_container_to_one_task_until_that_is_gone()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1), ("web.3.c", "10.0.1.5", 1));
        using var servers = cluster.ServeAll(80);
        var client = cluster["web.1.a"].Namespace;
        Assert.Equal(3, (await Wire.CallManyAsync(client, "10.0.1.2", 80, 60)).Count);

        cluster.Service = cluster.Service with { IsSticky = true };
        await cluster.ApplyAsync();
        var chosen = Assert.Single(await Wire.CallManyAsync(client, "10.0.1.2", 80, 20)).Key;
        cluster.SetReady(chosen, false);
        await cluster.ApplyAsync();
        Assert.NotEqual(chosen, Assert.Single(await Wire.CallManyAsync(client, "10.0.1.2", 80, 20)).Key);

        cluster.SetReady(chosen, true);
        cluster.Service = cluster.Service with { IsSticky = false };
        await cluster.ApplyAsync();
        Assert.Equal(3, (await Wire.CallManyAsync(client, "10.0.1.2", 80, 60)).Count);
    }

    [RootFact]
    public async Task Tasks_on_the_ingress_overlay_reach_no_port_of_one_another_that_is_for_clients()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0), ("web.2.b", "10.0.0.6", 1), ("web.3.c", "10.0.0.7", 1));
        using var servers = cluster.ServeAll(80);

        Assert.Equal("Silence", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.0.6", 80, Wire.Shortly));
        Assert.Equal("Silence", await Wire.CallAsync(cluster["web.3.c"].Namespace, "10.0.0.6", 80, Wire.Shortly));
        Assert.StartsWith(
            "web.", await Wire.CallAsync(cluster["web.3.c"].Namespace, "10.77.0.2", 8080), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task No_task_reaches_the_daemon_s_own_ports_by_the_host_s_address_on_the_ingress_overlay()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0));
        var host = cluster.Hosts[0];
        using var manager = Wire.Serve(host.Namespace, 2377, "manager");
        var task = cluster["web.1.a"].Namespace;
        var address = host.Route.ListAddresses(AddressFamily.InterNetwork)
            .Single(a => a.Index == host.Route.GetLink("ing0").Index).Address.ToString();

        Assert.Equal("Silence", await Wire.CallAsync(task, address, 2377, Wire.Shortly));
        Assert.Equal("manager 10.77.0.2", await Wire.CallAsync(cluster.Hosts[1].Namespace, "10.77.0.1", 2377));

        // Two tables keep it out, each for itself, and nothing else does.
        Nft.Apply(host.Namespace, "flush chain ip orch_ingress input");
        Assert.Equal("ConnectionRefused", await Wire.CallAsync(task, address, 2377));
        Nft.Apply(host.Namespace, "flush chain ip orch input");
        Assert.Equal("manager 10.0.0.5", await Wire.CallAsync(task, address, 2377));
    }

    /// <summary>Of no connection and opening none, they come past what looks at connections.</summary>
    [RootFact]
    public async Task A_task_learns_nothing_of_the_host_s_ports_by_segments_that_are_none()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0));
        var (host, task) = (cluster.Hosts[0], cluster["web.1.a"].Namespace);

        foreach (byte flags in new byte[] { 0x00, 0x01, 0x29 }) // None, FIN, and FIN with PSH and URG.
            Assert.Equal((flags, false), (flags, Scan.IsAnswered(task, "10.0.0.5", "10.0.0.2", flags)));

        Nft.Apply(host.Namespace, "flush chain ip orch neighbours");
        Assert.True(Scan.IsAnswered(task, "10.0.0.5", "10.0.0.2", flags: 0));
    }

    /// <summary>The port is held on the host, by a socket that nobody reads.</summary>
    [RootFact]
    public async Task A_published_port_that_no_task_answers_refuses_at_once_whoever_asks()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        cluster.Published = [new IngressPort("tcp", 9090, 90, "s1", []), new IngressPort("udp", 9090, 90, "s1", [])];
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0));
        cluster.SetReady("web.1.a", false);
        await cluster.ApplyAsync();
        var host = cluster.Hosts[0];
        await using var outside = Outside(cluster);
        using var neighbour = await host.RunAsync("neighbour", "bridge");

        Assert.Equal("ConnectionRefused", await Wire.CallAsync(outside.Namespace, "10.77.0.1", 9090));
        Assert.Equal("ConnectionRefused", await Wire.CallAsync(neighbour.Namespace, "10.77.0.1", 9090));
        foreach (var address in new[] { "127.0.0.1", "::1", "10.77.0.1" })
            Assert.Equal((address, "ConnectionRefused"), (address, await Wire.CallAsync(host.Namespace, address, 9090)));
        var refusal = await Assert.ThrowsAsync<SocketException>(() => Wire.AskAsync(outside.Namespace, "10.77.0.1", 9090));
        Assert.Equal(SocketError.ConnectionRefused, refusal.SocketErrorCode);
    }

    [RootFact]
    public async Task The_port_that_the_ssh_server_is_to_listen_at_is_never_published_even_while_that_does_not_run()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        await File.WriteAllTextAsync(cluster.Hosts[1].Options.SshConfig, "Port 2222\nListenAddress 10.77.0.2:8080\n");
        cluster.Published = [new IngressPort("tcp", 22, 80, "s1", []), new IngressPort("tcp", 8080, 80, "s1", [])];
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0));
        using var servers = cluster.ServeAll(80);

        Assert.Collection(
            cluster.Faults,
            fault => Assert.StartsWith("port 22/tcp of service s1 does not answer here: it is the SSH", fault, StringComparison.Ordinal),
            fault => Assert.StartsWith("port 8080/tcp of service s1 does not answer here: it is the SSH", fault, StringComparison.Ordinal));
        Assert.Equal("ConnectionRefused", await Wire.CallAsync(cluster.Hosts[1].Namespace, "10.77.0.1", 22));
        Assert.Equal("web.1.a 10.77.0.2", await Wire.CallAsync(cluster.Hosts[1].Namespace, "10.77.0.1", 8080));
        Assert.Equal("web.1.a 10.77.0.1", await Wire.CallAsync(cluster.Hosts[0].Namespace, "10.77.0.2", 22));
    }

    [RootFact]
    public async Task A_connection_may_be_silent_for_days()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 1));
        using var server = Wire.Hold(cluster["web.1.a"].Namespace, 80);
        await using var outside = Outside(cluster);
        using var held = await Wire.ConnectAsync(outside.Namespace, "10.77.0.1", 8080);

        foreach (var ns in new[] { cluster.Hosts[0].Namespace, cluster["web.1.a"].Namespace })
        {
            using var conntrack = ConntrackSocket.Open(ns);
            var entry = Assert.Single(conntrack.List(), c => c.Source.ToString() == Client);
            Assert.InRange(entry.Timeout, TimeSpan.FromDays(4), TimeSpan.FromDays(5));
        }
    }

    [RootFact]
    public async Task A_node_that_joins_later_is_answered_by_tasks_that_run_already()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        cluster.Members = 1;
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0));
        using var servers = cluster.ServeAll(80);
        await using var outside = Outside(cluster);
        Assert.Equal("web.1.a 10.77.0.9", await Wire.CallAsync(outside.Namespace, "10.77.0.1", 8080));

        cluster.Members = 2;
        await cluster.ApplyAsync();
        Assert.Equal("web.1.a 10.77.0.9", await Wire.CallAsync(outside.Namespace, "10.77.0.2", 8080));

        cluster.Members = 1;
        await cluster.ApplyAsync();
        using var inside = RouteSocket.Open(cluster["web.1.a"].Namespace);
        Assert.Single(inside.ListRules(isIPv6: false), rule => rule.Mark is > 0);
    }

    private static TestHost Outside(TwoHosts cluster)
    {
        var outside = new TestHost();
        cluster.Wire.Add(outside.Namespace, Client);
        return outside;
    }

    /// <returns>All different answers, each a task's name and whom it saw.</returns>
    private static async Task<List<string>> SeenAsync(NetNamespace ns, string host, int times) =>
        [.. (await Task.WhenAll(Enumerable.Range(0, times).Select(_ => Wire.CallAsync(ns, host, 8080))))
            .Distinct().Order(StringComparer.Ordinal)];
}
