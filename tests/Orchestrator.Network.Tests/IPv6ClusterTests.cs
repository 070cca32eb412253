using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Dns;
using Orchestrator.Network.Pipes;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests;

public sealed class IPv6ClusterTests
{
    private static readonly NetworkConfig Six = TwoHosts.Backend with
    {
        EnableIPv6 = true, Pools = [new IpamPool("10.0.1.0/24"), new IpamPool("fd01::/64")],
    };

    private static readonly (string, string, int)[] Three =
        [("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1), ("web.3.c", "10.0.1.5", 0)];

    [RootFact]
    public async Task Tasks_reach_one_another_and_the_virtual_address_by_IPv6_and_keep_their_address()
    {
        await using var cluster = await TwoHosts.StartAsync(Six);
        await cluster.PlaceAsync(Three);
        using var servers = cluster.ServeAll(80);
        var client = cluster["web.1.a"].Namespace;

        Assert.Empty(cluster.Faults);
        Assert.Equal("web.2.b fd01::a00:103", await Wire.CallAsync(client, "fd01::a00:104", 80));
        Assert.Equal("web.3.c fd01::a00:103", await Wire.CallAsync(client, "fd01::a00:105", 80));
        // By the addresses, too, that links give themselves.
        using var inside = RouteSocket.Open(client);
        var near = $"{MacAddress.Derive(IPAddress.Parse("10.0.1.5")).LinkLocal()}%{inside.GetLink("eth0").Index}";
        Assert.StartsWith("web.3.c ", await Wire.CallAsync(client, near, 80), StringComparison.Ordinal);
        Assert.Equal("web.1.a fd01::a00:104", await Wire.CallAsync(cluster["web.2.b"].Namespace, "fd01::a00:103", 80));
        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(client, "10.0.1.4", 80));
        Assert.Equal(["fd01::a00:102"], (await Wire.ResolveAsync(client, "web", DnsType.Aaaa)).Values);
        Assert.Equal(["10.0.1.2"], (await Wire.ResolveAsync(client, "web")).Values);
        Assert.Equal(
            ["fd01::a00:103", "fd01::a00:104", "fd01::a00:105"],
            (await Wire.ResolveAsync(client, "tasks.web", DnsType.Aaaa)).Values);
        Assert.Equal(3, (await Wire.CallManyAsync(client, "fd01::a00:102", 80, 60)).Count);

        cluster.SetReady("web.3.c", false);
        cluster.Remove("web.2.b");
        await cluster.ApplyAsync();
        Assert.Equal(["web.1.a"], (await Wire.CallManyAsync(client, "fd01::a00:102", 80, 20)).Keys);
        cluster.SetReady("web.1.a", false);
        await cluster.ApplyAsync();
        Assert.Equal("ConnectionRefused", await Wire.CallAsync(client, "fd01::a00:102", 80));
    }

    [RootFact]
    public async Task Where_packets_are_too_small_for_IPv6_there_is_none_until_they_are_not()
    {
        await using var cluster = await TwoHosts.StartAsync(Six);
        cluster.UnderlayMtus = [1280, 1280];
        await cluster.PlaceAsync(Three[..2]);
        using var servers = cluster.ServeAll(80);
        var client = cluster["web.1.a"].Namespace;

        Assert.All(cluster.Faults, fault => Assert.Contains(
            "network backend has no IPv6 on this node: its packets have at most 1230 bytes", fault, StringComparison.Ordinal));
        Assert.NotEmpty(cluster.Faults);
        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(client, "10.0.1.4", 80));
        Assert.Empty(await cluster.Hosts[0].Network.CheckAsync(mend: true, default));

        cluster.UnderlayMtus = [0, 0];
        await ResizeAsync(cluster);
        Assert.Equal("web.2.b fd01::a00:103", await Wire.CallAsync(client, "fd01::a00:104", 80));

        cluster.UnderlayMtus = [1280, 1280];
        await ResizeAsync(cluster);
        await cluster.PlaceAsync(Three[2]);
        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(client, "10.0.1.4", 80));
        Assert.Empty(await cluster.Hosts[0].Network.CheckAsync(mend: true, default));
    }

    [RootFact]
    public async Task A_port_published_where_packets_are_too_small_for_IPv6_answers_by_IPv4()
    {
        await using var cluster = await TwoHosts.StartAsync(
            TwoHosts.Mesh with { EnableIPv6 = true, Pools = [new IpamPool("10.0.0.0/24"), new IpamPool("fd02::/64")] },
            TimeSpan.FromMilliseconds(20));
        cluster.UnderlayMtus = [1280, 1280];
        await using var outside = new TestHost();
        cluster.Wire.Add(outside.Namespace, "10.77.0.9");
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 1));
        using var servers = cluster.ServeAll(80);

        Assert.Equal("web.1.a 10.77.0.9", await Wire.CallAsync(outside.Namespace, "10.77.0.1", 8080));
        foreach (var host in cluster.Hosts)
            Assert.Empty(await host.Network.CheckAsync(mend: true, default));

        cluster.UnderlayMtus = [0, 0];
        await ResizeAsync(cluster);
        Assert.Equal("web.1.a fd77::9", await Wire.CallAsync(outside.Namespace, "fd77::1", 8080));

        cluster.UnderlayMtus = [1280, 1280];
        await ResizeAsync(cluster);
        Assert.Equal("web.1.a 10.77.0.9", await Wire.CallAsync(outside.Namespace, "10.77.0.1", 8080));
        foreach (var host in cluster.Hosts)
            Assert.Empty(await host.Network.CheckAsync(mend: true, default));
    }

    private static async Task ResizeAsync(TwoHosts cluster)
    {
        await cluster.ApplyAsync();
        foreach (var host in cluster.Hosts)
        {
            // Sizes first, and then what depends on them.
            for (var pass = 0; pass < 3; pass++)
                await host.Network.CheckAsync(mend: true, default);
        }
    }

    [RootFact]
    public async Task A_task_of_an_overlay_with_IPv6_reaches_the_world_by_it()
    {
        await using var cluster = await TwoHosts.StartAsync(Six);
        await cluster.PlaceAsync(Three[0]);
        await using var outside = new TestHost();
        cluster.Wire.Add(outside.Namespace, "10.77.0.9");
        using var world = Wire.Serve(outside.Namespace, 80, "world");

        Assert.Equal("world fd77::1", await Wire.CallAsync(cluster["web.1.a"].Namespace, "fd77::9", 80));
        Assert.Equal("world 10.77.0.1", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.77.0.9", 80));
    }

    [RootFact]
    public async Task Who_was_there_before_the_way_out_had_IPv6_has_it_as_those_have_who_come_after()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        await using var outside = new TestHost();
        wire.Add(outside.Namespace, "10.77.0.9");
        using var world = Wire.Serve(outside.Namespace, 80, "world");
        var mesh = TwoHosts.Mesh with { EnableIPv6 = true, Pools = [new IpamPool("10.0.0.0/24"), new IpamPool("fd02::/64")] };
        await host.Network.ApplyClusterAsync(
            new ClusterView("10.77.0.1")
            {
                Overlays = [new OverlayView(TwoHosts.Backend), new OverlayView(mesh)],
                Ingress = new IngressView(mesh.Id, "10.0.0.2"),
            }, default);
        Task<TestContainer> RunAsync(string name, string ip) =>
            host.RunAsync(name, new EndpointConfig { NetworkId = TwoHosts.Backend.Id, IPv4 = ip });
        Task JoinAsync(string name, string ip, string ip6) =>
            host.Network.ConnectAsync(name, new EndpointConfig { NetworkId = mesh.Id, IPv4 = ip, IPv6 = ip6 }, default);

        using var aside = await RunAsync("aside", "10.0.1.3");
        using var first = await RunAsync("first", "10.0.1.4");
        await JoinAsync("first", "10.0.0.4", "fd02::a00:4");
        using var later = await RunAsync("later", "10.0.1.5");
        await JoinAsync("later", "10.0.0.5", "fd02::a00:5");

        foreach (var container in new[] { later, first, aside })
            Assert.Equal("world fd77::1", await Wire.CallAsync(container.Namespace, "fd77::9", 80));
        Assert.Empty(await host.Network.CheckAsync(mend: false, default));
        await host.RestartDaemonAsync();
        Assert.Equal("world fd77::1", await Wire.CallAsync(first.Namespace, "fd77::9", 80));
    }

    [RootTheory]
    [InlineData(null)]
    [InlineData(1500)] // Between nodes alone there is room for it.
    public async Task Where_packets_are_too_small_for_IPv6_a_task_of_an_overlay_with_it_joins_and_goes_out_by_IPv4(int? underlayMtu)
    {
        var six = Six with { Id = "sixsixsix0000000000000000", Name = "six", Vni = 4099, Pools = [new("10.0.8.0/24"), new("fd08::/64")] };
        await using var host = new TestHost("10.77.0.1");
        await host.StartWithAsync(host.Options with { Mtu = 1200, UnderlayMtu = underlayMtu });
        using var wire = TestHost.Join(host);
        using var server = Wire.Serve(host.Namespace, 80, "host");
        await host.Network.ApplyClusterAsync(
            new ClusterView("10.77.0.1") { Overlays = [new OverlayView(TwoHosts.Backend), new OverlayView(six)] }, default);
        using var before = await host.RunAsync(
            "before", new EndpointConfig { NetworkId = TwoHosts.Backend.Id, IPv4 = "10.0.1.9", Lease = "t1" });

        using var after = await host.RunAsync(
            "after", new EndpointConfig { NetworkId = six.Id, IPv4 = "10.0.8.9", IPv6 = "fd08::a00:809", Lease = "t2" });

        Assert.NotNull(host.Network.FindNetwork(NetworkDrivers.GatewayNetwork));
        foreach (var task in new[] { before, after })
            Assert.StartsWith("host ", await Wire.CallAsync(task.Namespace, "10.77.0.1", 80), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Nobody_sends_under_anothers_address_or_says_that_he_has_it()
    {
        await using var cluster = await TwoHosts.StartAsync(Six);
        await cluster.PlaceAsync(Three);
        using var servers = cluster.ServeAll(80);
        var (rogue, victim) = (cluster["web.1.a"].Namespace, cluster["web.3.c"].Namespace);
        Assert.Equal("web.2.b fd01::a00:105", await Wire.CallAsync(victim, "fd01::a00:104", 80));
        using var inside = RouteSocket.Open(rogue);
        var eth0 = inside.GetLink("eth0");

        using var listener = FalseRouter.Open(victim);
        FalseRouter.Advertise(rogue, eth0.Index);
        Assert.False(FalseRouter.IsHeard(listener, TimeSpan.FromMilliseconds(300)), "somebody may call himself a router");
        Advertise(rogue, eth0, IPAddress.Parse("fd01::a00:103"), IPAddress.Parse("fd01::a00:104"));
        inside.EnsureAddress(eth0.Index, IPAddress.Parse("fd01::a00:104"), 64);

        Assert.Equal("web.2.b fd01::a00:105", await Wire.CallAsync(victim, "fd01::a00:104", 80));
        using var socket = rogue.Run(() => new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp));
        socket.Bind(new IPEndPoint(IPAddress.Parse("fd01::a00:104"), 0));
        using var patience = new CancellationTokenSource(500);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await socket.ConnectAsync(IPEndPoint.Parse("[fd01::a00:105]:80"), patience.Token));
    }

    [RootFact]
    public async Task A_false_advertisement_is_not_believed_behind_an_extension_header_either()
    {
        await using var cluster = await TwoHosts.StartAsync(Six);
        await cluster.PlaceAsync(Three);
        using var servers = cluster.ServeAll(80);
        var (rogue, victim) = (cluster["web.1.a"].Namespace, cluster["web.3.c"].Namespace);
        using var inside = RouteSocket.Open(rogue);
        var eth0 = inside.GetLink("eth0");
        inside.EnsureAddress(eth0.Index, IPAddress.Parse("fd01::a00:104"), 64);
        Assert.Equal("web.2.b fd01::a00:105", await Wire.CallAsync(victim, "fd01::a00:104", 80));

        Advertise(rogue, eth0, IPAddress.Parse("fd01::a00:103"), IPAddress.Parse("fd01::a00:104"), hidden: true);
        Assert.Equal("web.2.b fd01::a00:105", await Wire.CallAsync(victim, "fd01::a00:104", 80));

        // It is the guard that keeps it out.
        using var overlay = NetNamespace.Open(cluster.Hosts[0].FileOfNamespace("overlay-1001"));
        Nft.Apply(overlay, $"insert rule netdev orch_guard by_{PortOf(cluster, "web.1.a")} accept");
        Advertise(rogue, eth0, IPAddress.Parse("fd01::a00:103"), IPAddress.Parse("fd01::a00:104"), hidden: true);
        Assert.Equal("web.1.a fd01::a00:105", await Wire.CallAsync(victim, "fd01::a00:104", 80));
    }

    [RootFact]
    public async Task Whatever_of_IPv6_is_deleted_by_hand_in_an_overlay_works_again_within_five_seconds()
    {
        await using var cluster = await TwoHosts.StartAsync(Six, TimeSpan.FromMilliseconds(20));
        await cluster.PlaceAsync(Three);
        using var servers = cluster.ServeAll(80);
        var (host, client) = (cluster.Hosts[0], cluster["web.1.a"].Namespace);
        using var overlay = NetNamespace.Open(host.FileOfNamespace("overlay-1001"));
        using var tenant = RouteSocket.Open(overlay);
        var vx0 = tenant.GetLink("vx0").Index;

        foreach (var breakIt in (Action[])[
            () => tenant.Change([new NeighbourChange.DropAnswer(vx0, IPAddress.Parse("fd01::a00:104"))]),
            () => overlay.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/vx0/disable_ipv6", "1")),
            () => Nft.Apply(client, "delete table ip6 orch_lb"),
            () => Nft.Apply(overlay, $"flush chain netdev orch_guard by_{PortOf(cluster, "web.1.a")}"),
            () => tenant.DeleteLink("vx0")])
        {
            await Mended.WithinFiveSecondsAsync(breakIt, async () =>
                await Wire.CallAsync(client, "fd01::a00:104", 80, Mended.Try) == "web.2.b fd01::a00:103"
                && (await Wire.CallAsync(client, "fd01::a00:102", 80, Mended.Try)).StartsWith("web.", StringComparison.Ordinal));
        }
    }

    [RootFact]
    public async Task A_daemon_that_starts_again_takes_nothing_from_an_overlay_that_it_knows_of_other_nodes()
    {
        await using var cluster = await TwoHosts.StartAsync(Six);
        await cluster.PlaceAsync(Three);
        using var servers = cluster.ServeAll(80);
        var (host, client) = (cluster.Hosts[0], cluster["web.1.a"].Namespace);
        Assert.Equal("web.2.b fd01::a00:103", await Wire.CallAsync(client, "fd01::a00:104", 80));
        using var overlay = NetNamespace.Open(host.FileOfNamespace("overlay-1001"));
        using var tenant = RouteSocket.Open(overlay);
        var vx0 = tenant.GetLink("vx0").Index;
        var known = tenant.ListStatic(vx0).Select(n => n.ToString()).Order().ToList();

        await host.RestartDaemonAsync();

        Assert.Equal(known, tenant.ListStatic(vx0).Select(n => n.ToString()).Order());
    }

    [RootFact]
    public async Task A_published_port_answers_by_IPv6_on_every_node_and_tasks_see_the_clients_address()
    {
        await using var cluster = await TwoHosts.StartAsync(
            TwoHosts.Mesh with { EnableIPv6 = true, Pools = [new IpamPool("10.0.0.0/24"), new IpamPool("fd02::/64")] },
            TimeSpan.FromMilliseconds(20));
        await using var outside = new TestHost();
        cluster.Wire.Add(outside.Namespace, "10.77.0.9");
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 1));
        using var servers = cluster.ServeAll(80);
        var (host, task) = (cluster.Hosts[0].Namespace, cluster["web.1.a"].Namespace);

        Assert.Empty(cluster.Faults);
        foreach (var address in new[] { "fd77::1", "fd77::2" })
            Assert.Equal("web.1.a fd77::9", await Wire.CallAsync(outside.Namespace, address, 8080));
        Assert.Equal("web.1.a 10.77.0.9", await Wire.CallAsync(outside.Namespace, "10.77.0.1", 8080));
        Assert.StartsWith("web.1.a fd", await Wire.CallAsync(host, "fd77::1", 8080), StringComparison.Ordinal);
        Assert.Equal("ConnectionRefused", await Wire.CallAsync(host, "::1", 8080)); // At once, so 127.0.0.1 is next.

        foreach (var breakIt in (Action[])[
            () => Nft.Apply(host, "delete table ip6 orch_ingress"),
            () => Nft.Apply(task, "delete table ip6 orch_return"),
            () => cluster.Hosts[0].Route.DeleteLink("ing0")])
        {
            await Mended.WithinFiveSecondsAsync(breakIt, async () =>
                await Wire.CallAsync(outside.Namespace, "fd77::1", 8080, Mended.Try) == "web.1.a fd77::9");
        }
    }

    [RootFact]
    public async Task Hosts_whose_addresses_are_of_IPv6_carry_overlays_with_room_for_the_longer_header()
    {
        await using var cluster = await TwoHosts.StartAsync(Six, TimeSpan.FromMilliseconds(20), "fd77::");
        await cluster.PlaceAsync(Three);
        using var servers = cluster.ServeAll(80);
        var client = cluster["web.1.a"].Namespace;
        using var inside = RouteSocket.Open(client);
        using var overlay = NetNamespace.Open(cluster.Hosts[0].FileOfNamespace("overlay-1001"));
        using var tenant = RouteSocket.Open(overlay);

        Assert.Empty(cluster.Faults);
        Assert.Equal(1430, inside.GetLink("eth0").Mtu);
        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(client, "10.0.1.4", 80));
        Assert.Equal("web.2.b fd01::a00:103", await Wire.CallAsync(client, "fd01::a00:104", 80));
        Assert.All((await cluster.Hosts[0].FindWellAsync()).Paths, path => Assert.Null(path.Fault));
        await Mended.WithinFiveSecondsAsync(
            () => tenant.DeleteLink("vx0"),
            async () => await Wire.CallAsync(client, "10.0.1.4", 80, Mended.Try) == "web.2.b 10.0.1.3");
    }

    private static string PortOf(TwoHosts cluster, string container) =>
        cluster.Hosts[0].Network.ListEndpoints(Six.Id).Single(e => e.ContainerId == container).HostInterfaceName;

    /// <param name="hidden">Behind destination options, of which there are four bytes of padding.</param>
    private static void Advertise(NetNamespace ns, LinkInfo link, IPAddress sender, IPAddress target, bool hidden = false)
    {
        const byte Options = 60, Pad = 1, Header = 40;
        var packet = Announcement.Advertisement(link.Mac!.Value, sender, target);
        if (hidden)
            packet =
            [
                .. packet[..5], (byte)(packet[5] + 8), Options, .. packet[7..Header],
                packet[6], 0, Pad, 4, 0, 0, 0, 0, .. packet[Header..],
            ];
        using var socket = PacketSocket.Open(ns, link.Index, PacketSocket.IPv6);
        socket.Send([0x33, 0x33, 0, 0, 0, 1], packet);
    }
}
