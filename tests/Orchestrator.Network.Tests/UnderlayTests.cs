using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Model;
using Orchestrator.Network.Dhcp;
using Orchestrator.Network.Tests.Pipes;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests;

/// <summary>Overlays follow what they stand on.</summary>
public sealed class UnderlayTests
{
    [RootFact]
    public async Task A_bridge_that_a_pipe_names_by_its_hardware_address_stands_in_no_rule_by_that()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        var bridge = host.Route.EnsureBridge("lan0", new BridgeSettings(Mac: new MacAddress(0x0242_0a0a_0a0a)));
        using var container = await host.RunAsync("c", "bridge");
        await host.PipeAsync($"mac:{bridge.Mac}", "c", "192.168.7.2/24");

        var report = await host.Network.ApplyClusterAsync(
            new ClusterView("10.77.0.1") { Overlays = [new OverlayView(TwoHosts.Backend)] }, default);

        Assert.Empty(report.Faults);
        Assert.Contains("iifname \"lan0\" udp dport 4789 fib", Nft.List(host.Namespace, "list chain ip orch raw_in"), StringComparison.Ordinal);
        await host.RestartDaemonAsync();
    }

    [RootFact]
    public async Task The_size_of_an_overlay_is_that_of_its_smallest_underlay_and_follows_it_into_containers()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        var host = cluster.Hosts[0];
        using var inside = RouteSocket.Open(cluster["web.1.a"].Namespace);
        Assert.Equal((1500, 1450), (host.Network.MeasureUnderlayMtu(host.Vtep), inside.GetLink("eth0").Mtu));

        cluster.UnderlayMtus = [1500, 1400]; // What the managers tell of the other node.
        await cluster.ApplyAsync();
        await host.Network.CheckAsync(mend: true, default);
        Assert.Equal(1350, inside.GetLink("eth0").Mtu);

        host.Route.SetMtu("up0", 1300);
        Assert.Equal(1300, host.Network.MeasureUnderlayMtu(host.Vtep));
        await host.Network.CheckAsync(mend: true, default);
        using var overlay = RouteSocket.Open(NetNamespace.Open(host.FileOfNamespace("overlay-1001")));
        Assert.Equal([1250, 1250], new[] { "br0", "vx0" }.Select(l => overlay.GetLink(l).Mtu));
        Assert.Equal(1250, inside.GetLink("eth0").Mtu);
        Assert.Empty(await host.Network.CheckAsync(mend: true, default));
    }

    [RootFact]
    public async Task What_comes_whole_from_the_underlay_is_not_gathered_once_more()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        var host = cluster.Hosts[0];
        bool Gathers()
        {
            using var overlay = NetNamespace.Open(host.FileOfNamespace("overlay-1001"));
            return overlay.Run(() => LinkOffload.Gathers("vx0"));
        }

        Assert.False(Gathers()); // What nodes here stand on are veths.

        var card = host.Route.EnsureBridge("card0", new BridgeSettings());
        host.Route.DeleteAddress(host.Route.GetLink("up0").Index, IPAddress.Parse(host.Vtep), 24);
        host.Route.SetMaster("up0", card.Index);
        host.Route.EnsureAddress(card.Index, IPAddress.Parse(host.Vtep), 24);
        host.Namespace.Run(() => LinkOffload.Gather("card0", false));
        await cluster.ApplyAsync();
        Assert.True(Gathers()); // Of this card each frame comes by itself.

        host.Namespace.Run(() => LinkOffload.Gather("card0", true));
        await cluster.ApplyAsync();
        Assert.False(Gathers());
    }

    [RootFact]
    public async Task A_route_to_another_node_may_say_how_large_packets_are_and_one_to_elsewhere_does_not()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        var host = cluster.Hosts[0];
        var link = host.Route.GetLink("up0").Index;

        host.Route.PutRoute(new RouteSpec { Destination = IPNetwork.Parse("10.99.0.0/24"), Link = link, Mtu = 1000 }, RoutePut.Add);
        Assert.Equal(1500, host.Network.MeasureUnderlayMtu(host.Vtep));
        host.Route.PutRoute(new RouteSpec { Destination = IPNetwork.Parse("10.77.0.2/32"), Link = link, Mtu = 1200 }, RoutePut.Add);
        Assert.Equal(1200, host.Network.MeasureUnderlayMtu(host.Vtep));
    }

    [RootFact]
    public async Task Nodes_talk_by_the_port_that_the_cluster_says_and_follow_it_to_another_one()
    {
        const byte udp = 17;
        const int first = 7789, second = 8472;
        await using var cluster = await TwoHosts.StartAsync();
        cluster.DataPathPort = first;
        using var wire = Capture.Open(cluster.Hosts[1].Namespace);
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var servers = cluster.ServeAll(80);

        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.1.4", 80));
        Assert.NotEqual(0, wire.Count(udp, first));

        // As of nodes that left one cluster and are in another, with containers that are on the overlay still.
        cluster.DataPathPort = second;
        await cluster.ApplyAsync();

        Assert.Empty(cluster.Faults);
        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.1.4", 80));
        Assert.NotEqual(0, wire.Count(udp, second));
        Assert.Equal(0, wire.Count(udp, ClusterPorts.Vxlan));
        foreach (var host in cluster.Hosts)
        {
            Assert.All(["raw_in", "raw_out", "neighbours"], chain => Assert.Contains(
                $"udp dport {second}", Nft.List(host.Namespace, $"list chain ip orch {chain}"), StringComparison.Ordinal));
            Assert.DoesNotContain($"udp dport {first}", Nft.List(host.Namespace, "list ruleset"), StringComparison.Ordinal);
            Assert.Empty(await host.Network.CheckAsync(mend: true, default));
        }

        // What a node that leaves still has of it ends where it did.
        await cluster.Hosts[0].Network.ApplyClusterAsync(ClusterView.OfNoCluster, default);
        using var overlay = RouteSocket.Open(NetNamespace.Open(cluster.Hosts[0].FileOfNamespace("overlay-1001")));
        Assert.Equal(second, overlay.GetLink("vx0").VxlanPort);
    }

    [RootFact]
    public async Task A_link_that_somebody_makes_of_another_port_is_made_anew()
    {
        await using var cluster = await TwoHosts.StartAsync();
        cluster.DataPathPort = 7789;
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        var host = cluster.Hosts[0];
        Assert.Empty(await host.Network.CheckAsync(mend: true, default));
        using var space = NetNamespace.Open(host.FileOfNamespace("overlay-1001"));
        using var overlay = RouteSocket.Open(space);

        overlay.DeleteLink("vx0");
        host.Route.CreateVxlan(new VxlanSettings("vx0", 4097, IPAddress.Parse(host.Vtep), 4789, 1450), space);

        Assert.Contains(
            new NetworkDrift("network backend", "link vx0 is gone"), await host.Network.CheckAsync(mend: true, default));
        Assert.Equal(7789, overlay.GetLink("vx0").VxlanPort);
    }

    [RootFact]
    public async Task A_node_whose_address_becomes_another_one_is_followed_by_all()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var servers = cluster.ServeAll(80);
        var (host, link) = (cluster.Hosts[1], cluster.Hosts[1].Route.GetLink("up0").Index);

        host.Route.DeleteAddress(link, IPAddress.Parse("10.77.0.2"), 24);
        host.Route.EnsureAddress(link, IPAddress.Parse("10.88.0.22"), 24); // In another subnet, behind no router.
        host.Route.PutRoute(new RouteSpec { Destination = IPNetwork.Parse("10.77.0.0/24"), Link = link }, RoutePut.Add);
        cluster.Hosts[0].Route.PutRoute(new RouteSpec
        {
            Destination = IPNetwork.Parse("10.88.0.0/24"), Link = cluster.Hosts[0].Route.GetLink("up0").Index,
        }, RoutePut.Add);
        cluster.Move(1, "10.88.0.22");
        await cluster.ApplyAsync();

        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.1.4", 80));
        Assert.Equal("web.1.a 10.0.1.4", await Wire.CallAsync(cluster["web.2.b"].Namespace, "10.0.1.3", 80));
    }

    [RootFact]
    public async Task Packets_of_an_overlay_from_an_address_that_is_no_nodes_are_dropped()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var servers = cluster.ServeAll(80);
        var client = cluster["web.1.a"].Namespace;
        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(client, "10.0.1.4", 80));

        Assert.Empty(await cluster.Hosts[1].Network.CheckAsync(mend: true, default));

        // The same packets, under an address that the other node does not know.
        Nft.Apply(cluster.Hosts[0].Namespace, """
            table ip strange {
              chain out {
                type filter hook postrouting priority 300
                udp dport 4789 ip saddr set 10.77.0.99
              }
            }
            """);
        Assert.Equal("Silence", await Wire.CallAsync(client, "10.0.1.4", 80, TimeSpan.FromMilliseconds(400)));
        Nft.Apply(cluster.Hosts[1].Namespace, "add element ip orch nodes { 10.77.0.99 }");
        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(client, "10.0.1.4", 80));

        Assert.Contains(
            new NetworkDrift("host", "nft table ip orch was changed or removed"),
            await cluster.Hosts[1].Network.CheckAsync(mend: true, default));
    }

    [RootFact]
    public async Task The_table_of_a_former_version_goes_as_the_daemon_starts()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        Nft.Apply(host.Namespace, "add table inet orch_underlay");

        await host.RestartDaemonAsync();

        Assert.DoesNotContain("orch_underlay", Nft.List(host.Namespace, "list tables"), StringComparison.Ordinal);
    }

    /// <summary>To another node a container's packets come from its own; to its own node they may claim to be another's.</summary>
    [RootFact]
    public async Task No_container_on_a_bridge_puts_frames_into_an_overlay()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var stranger = await cluster.Hosts[0].RunAsync("stranger", "bridge");
        using var liar = await cluster.Hosts[0].RunAsync("liar", "bridge");
        using var inside = RouteSocket.Open(liar.Namespace);
        inside.EnsureAddress(inside.GetLink("eth0").Index, IPAddress.Parse("10.77.0.2"), 32);
        var gateway = cluster.Hosts[0].Network.GetEndpoints("liar").Single().Gateway;

        Assert.Equal("Silence", await SmuggleAsync(stranger, "0.0.0.0", "10.77.0.2", cluster["web.2.b"], Wire.Shortly));
        var all = new[] { gateway, "255.255.255.255", string.Join('.', [.. gateway.Split('.')[..2], "255", "255"]), "224.0.0.1" };
        foreach (var host in all)
            Assert.Equal((host, "Silence"), (host, await SmuggleAsync(liar, "10.77.0.2", host, cluster["web.1.a"], Wire.Shortly)));

        // It is nothing else that keeps them out.
        foreach (var rule in new[] { "neighbours", "forward" })
            Nft.Apply(cluster.Hosts[0].Namespace, $"flush chain ip orch {rule}");
        Assert.Equal("10.0.1.9", await SmuggleAsync(stranger, "0.0.0.0", "10.77.0.2", cluster["web.2.b"]));
        foreach (var host in all)
            Assert.Equal((host, "10.0.1.9"), (host, await SmuggleAsync(liar, "10.77.0.2", host, cluster["web.1.a"])));
    }

    /// <summary>It asks from the port at which overlays are heard, and who answers says what it was told.</summary>
    [RootFact]
    public async Task No_container_has_a_node_answer_it_into_an_overlay()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var asker = await cluster.Hosts[0].RunAsync("asker", "bridge");
        using var parrot = Wire.Parrot(cluster.Hosts[1].Namespace, 8085);

        Assert.Equal("Silence", await SmuggleAsync(
            asker, "0.0.0.0", "10.77.0.2", cluster["web.1.a"], Wire.Shortly, from: 4789, to: 8085));

        Nft.Apply(cluster.Hosts[0].Namespace, """
            flush chain ip orch postrouting
            add rule ip orch postrouting ip saddr @subnets oifname != @bridges masquerade
            """);
        using var another = await cluster.Hosts[0].RunAsync("another", "bridge"); // Which has no connection yet.
        Assert.Equal("10.0.1.9", await SmuggleAsync(another, "0.0.0.0", "10.77.0.2", cluster["web.1.a"], from: 4789, to: 8085));
    }

    [RootFact]
    public async Task No_container_with_a_pipe_into_a_bridge_puts_frames_into_an_overlay()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        var host = cluster.Hosts[0];
        using var liar = await host.RunAsync("liar", "bridge");
        await host.Network.AddPipeAsync(
            "liar", new PipeConfig { HostInterface = "br1", InterfaceName = "eth1", Address = "10.9.0.2/24" }, default);
        host.Route.EnsureAddress(host.Route.GetLink("br1").Index, IPAddress.Parse("10.9.0.1"), 24);
        using var inside = RouteSocket.Open(liar.Namespace);
        inside.EnsureAddress(inside.GetLink("eth1").Index, IPAddress.Parse("10.77.0.2"), 32);

        Assert.Equal("Silence", await SmuggleAsync(liar, "10.77.0.2", "10.9.0.1", cluster["web.1.a"], Wire.Shortly));
        Assert.Empty(await host.Network.CheckAsync(mend: true, default));

        Nft.Apply(host.Namespace, """
            flush chain ip orch raw_in
            add rule ip orch raw_in udp dport 4789 ip saddr @nodes notrack accept
            """);
        Assert.Equal("10.0.1.9", await SmuggleAsync(liar, "10.77.0.2", "10.9.0.1", cluster["web.1.a"]));

        await host.Network.RemovePipeAsync("liar", "eth1", default);
        Assert.DoesNotContain("br1", Nft.List(host.Namespace, "list table ip orch"), StringComparison.Ordinal);
    }

    /// <summary>By a bridge a container may come, too.</summary>
    [RootFact]
    public async Task A_node_is_let_in_first_by_the_card_that_has_the_address_and_by_no_bridge()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var server = Wire.Serve(cluster["web.2.b"].Namespace, 80, "web.2.b");
        var host = cluster.Hosts[0];
        var (own, route) = (IPAddress.Parse(host.Vtep), host.Route);
        var card = route.ListLinks().Single(l => l.Index == route.ListAddresses(own.AddressFamily).Find(a => a.Address.Equals(own))!.Index);
        string First() => Nft.List(host.Namespace, "list chain ip orch raw_in").Split('\n')[3].Trim();

        // By its number, of which nft makes whatever name it remembers.
        Assert.Matches("^udp dport 4789 iif \"?[a-z0-9]+\"? ip saddr @nodes notrack accept$", First());

        var bridge = route.EnsureBridge("br9", new BridgeSettings());
        route.DeleteAddress(card.Index, own, 24);
        route.EnsureAddress(bridge.Index, own, 24);
        route.SetMaster(card.Name, bridge.Index);
        await host.Network.CheckAsync(mend: true, default);

        Assert.Equal("iifname @inside jump neighbours", First());
        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.1.4", 80));
    }

    [RootFact]
    public async Task Nobody_tells_how_large_packets_between_nodes_may_be()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var liar = await cluster.Hosts[0].RunAsync("liar", "bridge");
        var host = cluster.Hosts[0];
        void Lie()
        {
            using var socket = liar.Namespace.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp));
            // Fragmentation needed, 600: of an echo's answer, to which the kernel knows no socket.
            byte[] quoted = [.. UdpPacket.Wrap(new byte[16], IPAddress.Parse(host.Vtep), 0, IPAddress.Parse("10.77.0.2"), 1)];
            quoted[9] = 1;
            byte[] packet = [3, 4, 0, 0, 0, 0, 600 >> 8, 600 & 255, .. quoted];
            var sum = 0;
            for (var at = 0; at < packet.Length; at += 2)
                sum += (packet[at] << 8) | packet[at + 1];
            sum = (sum & 0xffff) + (sum >> 16);
            sum = ~(sum + (sum >> 16));
            (packet[2], packet[3]) = ((byte)(sum >> 8), (byte)sum);
            socket.SendTo(packet, new IPEndPoint(IPAddress.Parse(host.Vtep), 0));
        }

        string Way()
        {
            using var process = host.Namespace.Run(() => Process.Start(
                new ProcessStartInfo("ip", ["route", "get", "10.77.0.2"]) { RedirectStandardOutput = true }))!;
            return process.StandardOutput.ReadToEnd();
        }

        Lie();
        await Task.Delay(Wire.Shortly);
        Assert.DoesNotContain("mtu", Way(), StringComparison.Ordinal);

        // Whoever is believed, networks go by routes.
        Nft.Apply(host.Namespace, "flush chain ip orch neighbours");
        Lie();
        for (var i = 0; i < 50 && !Way().Contains("mtu 600", StringComparison.Ordinal); i++)
            await Task.Delay(100);
        Assert.Contains("mtu 600", Way(), StringComparison.Ordinal);
        Assert.Equal(1500, host.Network.MeasureUnderlayMtu(host.Vtep));
    }

    /// <returns>Who the one that it was for takes for its sender, or "Silence".</returns>
    private static async Task<string> SmuggleAsync(
        TestContainer by, string source, string node, TestContainer target, TimeSpan? wait = null, int from = 0, int to = 4789)
    {
        using var received = Wire.Listen(target.Namespace, 5353);
        using var inside = RouteSocket.Open(target.Namespace);
        byte[] frame =
        [
            0x08, 0, 0, 0, 0, 0x10, 0x01, 0, // VXLAN: that there is an identifier, and 4097.
            .. Convert.FromHexString($"{inside.GetLink("eth0").Mac}".Replace(":", "", StringComparison.Ordinal)), 2, 0, 0, 0, 0, 9, 0x08, 0,
            .. UdpPacket.Wrap("smuggled"u8, IPAddress.Parse("10.0.1.9"), 5353, target.Address, 5353),
        ];
        using var sender = by.Namespace.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        sender.EnableBroadcast = true;
        sender.Bind(new IPEndPoint(IPAddress.Parse(source), from));
        await sender.SendToAsync(frame, new IPEndPoint(IPAddress.Parse(node), to));
        return await Wire.SenderAsync(received, wait);
    }

    [RootFact]
    public async Task What_nodes_send_each_other_leaves_no_entry_among_tracked_connections()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var servers = cluster.ServeAll(80);

        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.1.4", 80));

        Assert.All(cluster.Hosts, host =>
        {
            using var conntrack = ConntrackSocket.Open(host.Namespace);
            Assert.DoesNotContain(conntrack.List(), e => cluster.Hosts.Any(h => e.Source.ToString() == h.Vtep));
        });
    }
}
