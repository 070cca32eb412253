using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Dns;
using Orchestrator.Network.Tests.Pipes;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests;

public sealed class ClusterTests(Xunit.Abstractions.ITestOutputHelper output)
{
    [RootFact]
    public async Task Tasks_on_two_hosts_reach_one_another_by_address_and_by_name()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1), ("web.3.c", "10.0.1.5", 1));
        using var server = Wire.Serve(cluster["web.2.b"].Namespace, 80, "web.2.b");
        var client = cluster["web.1.a"].Namespace;

        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(client, "10.0.1.4", 80));
        Assert.Equal("web.2.b 10.0.1.5", await Wire.CallAsync(cluster["web.3.c"].Namespace, "10.0.1.4", 80));
        Assert.Equal(["10.0.1.4"], (await Wire.ResolveAsync(client, "web.2.b")).Values);
        Assert.Equal(["10.0.1.2"], (await Wire.ResolveAsync(client, "web")).Values);
        Assert.Equal(["10.0.1.3", "10.0.1.4", "10.0.1.5"], (await Wire.ResolveAsync(client, "tasks.web")).Values);
        Assert.Equal(["web.2.b.backend"], (await Wire.ResolveAsync(client, "4.1.0.10.in-addr.arpa",
            DnsType.Ptr)).Values);
    }

    [RootFact]
    public async Task Tasks_of_a_further_pool_and_those_that_were_there_before_reach_one_another()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        cluster.Widen("10.9.0.0/24");
        await cluster.ApplyAsync();
        var old = cluster["web.1.a"];
        await cluster.PlaceAsync(("web.3.c", "10.9.0.3", 1));
        using var servers = cluster.ServeAll(80);

        Assert.Equal("web.3.c 10.0.1.3", await Wire.CallAsync(old.Namespace, "10.9.0.3", 80));
        Assert.Equal("web.1.a 10.9.0.3", await Wire.CallAsync(cluster["web.3.c"].Namespace, "10.0.1.3", 80));
        using var inside = RouteSocket.Open(old.Namespace);
        inside.DeleteRoute(IPNetwork.Parse("10.9.0.0/24"));
        var drift = Assert.Single(await cluster.Hosts[0].Network.CheckAsync(mend: true, default));
        Assert.Equal("route to 10.9.0.0/24 by link eth0 is gone", drift.Finding);
        Assert.Equal("web.3.c 10.0.1.3", await Wire.CallAsync(old.Namespace, "10.9.0.3", 80));
    }

    /// <summary>tests/bench reads the time.</summary>
    [RootFact]
    public async Task A_thousand_endpoints_are_programmed_at_once_and_withdrawn()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Backend with { Pools = [new IpamPool("10.8.0.0/16")] });
        await cluster.PlaceAsync(("web.1.a", "10.8.0.3", 0));
        await cluster.PlaceAsync();
        var far = Enumerable.Range(0, 1000).Select(n => new OverlayEndpoint
        {
            TaskId = $"t{n}", Name = $"far.{n}", Ip = $"10.8.{1 + n / 250}.{1 + n % 250}", NodeVtep = "10.77.0.2", Ready = true,
        }).ToList();

        cluster.Tasks.AddRange(far);
        var began = System.Diagnostics.Stopwatch.StartNew();
        await cluster.ApplyAsync(0);
        output.WriteLine($"programmed in {began.Elapsed.TotalMicroseconds:0} µs");

        Assert.Equal(1000, Answers(cluster));
        cluster.Tasks.RemoveAll(far.Contains);
        await cluster.ApplyAsync(0);
        Assert.Equal(0, Answers(cluster));
    }

    private static int Answers(TwoHosts cluster)
    {
        using var ns = NetNamespace.Open(cluster.Hosts[0].FileOfNamespace("overlay-1001"));
        using var overlay = RouteSocket.Open(ns);
        return overlay.ListStatic().Count(n => n.Address is not null);
    }

    [RootFact]
    public async Task Connections_to_the_virtual_address_spread_over_all_ready_tasks_and_keep_the_clients_address()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1), ("web.3.c", "10.0.1.5", 1));
        using var servers = cluster.ServeAll(80);
        var client = cluster["web.1.a"].Namespace;

        var spread = await Wire.CallManyAsync(client, "10.0.1.2", 80, 150);
        cluster.SetReady("web.3.c", false);
        await cluster.ApplyAsync();
        var drained = await Wire.CallManyAsync(client, "10.0.1.2", 80, 60);

        Assert.Equal(["web.1.a", "web.2.b", "web.3.c"], spread.Keys.Order(StringComparer.Ordinal));
        Assert.All(spread.Values, count => Assert.InRange(count, 20, 90));
        Assert.Equal(["web.1.a", "web.2.b"], drained.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["10.0.1.3", "10.0.1.4"], (await Wire.ResolveAsync(client, "tasks.web")).Values);
    }

    [RootFact]
    public async Task A_virtual_address_without_tasks_refuses_at_once()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0));
        cluster.SetReady("web.1.a", false);
        await cluster.ApplyAsync();

        Assert.Equal("ConnectionRefused", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.1.2", 80));
    }

    [RootFact]
    public async Task A_connection_to_a_task_that_is_gone_is_reset_and_its_entries_leave_every_node()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1), ("web.3.c", "10.0.1.5", 1));
        cluster.SetReady("web.1.a", false);
        cluster.SetReady("web.3.c", false);
        await cluster.ApplyAsync();
        var client = cluster["web.1.a"].Namespace;
        using var server = Wire.Serve(cluster["web.2.b"].Namespace, 80, "web.2.b");
        Assert.StartsWith("web.2.b", await Wire.CallAsync(client, "10.0.1.2", 80), StringComparison.Ordinal);
        Assert.NotEmpty(Tracked(client, "10.0.1.4"));

        cluster.Remove("web.2.b");
        await cluster.ApplyAsync();

        Assert.Empty(Tracked(client, "10.0.1.4"));
        Assert.Equal("ConnectionRefused", await Wire.CallAsync(client, "10.0.1.2", 80));
        Assert.Empty((await Wire.ResolveAsync(client, "web.2.b")).Values);
    }

    [RootFact]
    public async Task Connections_that_cannot_be_forgotten_in_one_container_are_in_others_and_there_with_the_next_view()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1), ("web.3.c", "10.0.1.5", 0));
        using var server = Wire.Serve(cluster["web.2.b"].Namespace, 80, "web.2.b");
        var (broken, whole) = (cluster["web.1.a"].Namespace, cluster["web.3.c"].Namespace);
        foreach (var client in new[] { broken, whole })
        {
            Assert.StartsWith("web.2.b ", await Wire.CallAsync(client, "10.0.1.4", 80), StringComparison.Ordinal);
            Assert.NotEmpty(Tracked(client, "10.0.1.4"));
        }

        var file = cluster.Hosts[0].FileOfNamespace("web.1.a");
        NetNamespace.Unpin(file);
        File.WriteAllBytes(file, []); // Nobody can enter it.
        await cluster.Hosts[0].Network.CheckAsync(mend: false, default);
        cluster.Remove("web.2.b");
        await cluster.ApplyAsync(0);

        Assert.Contains(cluster.Faults, fault => fault.StartsWith("connections in ", StringComparison.Ordinal));
        Assert.Empty(Tracked(whole, "10.0.1.4"));
        Assert.NotEmpty(Tracked(broken, "10.0.1.4"));
        File.Delete(file);
        NetNamespace.Pin(broken.Path, file).Dispose();
        await cluster.ApplyAsync(0);
        Assert.Empty(cluster.Faults);
        Assert.Empty(Tracked(broken, "10.0.1.4"));
    }

    [RootFact]
    public async Task A_join_that_is_given_up_half_way_leaves_nothing_and_can_be_done_again()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        await host.Network.ApplyClusterAsync(new ClusterView("10.77.0.1") { Overlays = [new OverlayView(TwoHosts.Backend)] }, default);
        using var container = await host.RunAsync("c", "bridge");
        EndpointConfig Place(string lease) => new() { NetworkId = TwoHosts.Backend.Id, IPv4 = "10.0.1.9", Lease = lease };

        await host.WhileHelperStandsStillAsync(async () =>
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            var join = host.Network.ConnectAsync("c", Place("first"), soon.Token);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => join);
        });

        Assert.Equal(["bridge"], host.Network.GetEndpoints("c").Select(e => e.NetworkName));
        Assert.Null(container.Link("eth1"));
        await host.Network.ConnectAsync("c", Place("second"), default);
        Assert.NotNull(container.Link("eth1"));
    }

    [RootFact]
    public async Task What_a_view_that_failed_half_way_had_to_take_away_the_next_takes_away()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        var other = TwoHosts.Backend with { Id = "other00000000000000000000", Name = "other", Vni = 4098, Pools = [new IpamPool("10.0.9.0/24")] };
        var both = new ClusterView("10.77.0.1") { Overlays = [new OverlayView(TwoHosts.Backend), new OverlayView(other)] };
        await host.Network.ApplyClusterAsync(both, default);
        Assert.True(File.Exists(host.FileOfNamespace("overlay-1001")));
        // Of the one that stays a name is new, which orch-net has to be told.
        var one = both with { Overlays = [both.Overlays[1] with { Services = [new OverlayService("s9", "nine", "10.0.9.9")] }] };

        await host.WhileHelperStandsStillAsync(async () =>
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Network.ApplyClusterAsync(one, soon.Token));
        });
        await host.Network.ApplyClusterAsync(one, default);

        Assert.False(File.Exists(host.FileOfNamespace("overlay-1001")));
        Assert.True(File.Exists(host.FileOfNamespace("overlay-1002")));
    }

    [RootFact]
    public async Task A_published_port_answers_on_every_host_and_spreads_over_tasks_wherever_they_are()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0), ("web.2.b", "10.0.0.6", 1), ("web.3.c", "10.0.0.7", 1));
        using var servers = cluster.ServeAll(80);
        await using var outside = new TestHost();
        cluster.Wire.Add(outside.Namespace, "10.77.0.9");
        using var bystander = Wire.Serve(cluster.Hosts[0].Namespace, 9090, "bystander");

        foreach (var host in new[] { "10.77.0.1", "10.77.0.2" })
        {
            var spread = await Wire.CallManyAsync(outside.Namespace, host, 8080, 90);
            Assert.Equal(["web.1.a", "web.2.b", "web.3.c"], spread.Keys.Order(StringComparer.Ordinal));
        }

        Assert.StartsWith("web.", await Wire.CallAsync(cluster.Hosts[0].Namespace, "127.0.0.1", 8080),
            StringComparison.Ordinal);
        Assert.StartsWith("web.", await Wire.CallAsync(cluster.Hosts[1].Namespace, "10.77.0.2", 8080),
            StringComparison.Ordinal);
        Assert.StartsWith("web.", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.77.0.1", 8080),
            StringComparison.Ordinal);
        Assert.Equal("bystander 10.77.0.9", await Wire.CallAsync(outside.Namespace, "10.77.0.1", 9090));
        Assert.Equal("Silence", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.0.2", 9090, Wire.Shortly));

        foreach (var task in cluster.Tasks.ToList())
            cluster.SetReady(task.Name, false);
        await cluster.ApplyAsync();
        Assert.Equal("ConnectionRefused", await Wire.CallAsync(outside.Namespace, "10.77.0.1", 8080));
    }

    [RootFact]
    public async Task A_published_port_answers_its_own_host_though_nobody_else_has_asked_before()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        await cluster.PlaceAsync(("web.1.a", "10.0.0.10", 1));
        using var servers = cluster.ServeAll(80);

        Assert.Equal("web.1.a 10.77.0.1", await Wire.CallAsync(cluster.Hosts[0].Namespace, "10.77.0.1", 8080));
    }

    [RootFact]
    public async Task A_port_that_a_program_of_the_host_uses_stays_the_programs_and_is_reported()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        using var occupant = Wire.Serve(cluster.Hosts[0].Namespace, 8080, "occupant");

        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0));

        Assert.Contains("8080/tcp", Assert.Single(cluster.Faults), StringComparison.Ordinal);
        Assert.StartsWith("occupant", await Wire.CallAsync(cluster.Hosts[0].Namespace, "127.0.0.1", 8080),
            StringComparison.Ordinal);
    }

    [RootFact]
    public async Task While_the_daemon_is_dead_and_after_it_is_back_the_overlay_works()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var servers = cluster.ServeAll(80);
        var client = cluster["web.1.a"].Namespace;

        await cluster.Hosts[0].Network.DisposeAsync();
        Assert.Equal(2, (await Wire.CallManyAsync(client, "10.0.1.2", 80, 40)).Count);
        await cluster.Hosts[0].RestartDaemonAsync();
        Assert.Equal(2, (await Wire.CallManyAsync(client, "10.0.1.2", 80, 40)).Count);
        Assert.Equal(["10.0.1.3", "10.0.1.4"], (await Wire.ResolveAsync(client, "tasks.web")).Values);

        await cluster.ApplyAsync();
        Assert.Equal(2, (await Wire.CallManyAsync(client, "10.0.1.2", 80, 40)).Count);
    }

    [RootFact]
    public async Task A_container_cannot_send_under_another_address_whatever_became_of_its_link()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        var friend = cluster["web.2.b"].Namespace;
        using var server = Wire.Listen(friend, 9999);
        using var ear = Wire.Listen(friend, 9998);
        var (host, spoofer) = (cluster.Hosts[0], cluster["web.1.a"].Namespace);
        using var overlay = NetNamespace.Open(host.FileOfNamespace("overlay-1001"));
        using var tenant = RouteSocket.Open(overlay);
        var port = host.Network.ListEndpoints(TwoHosts.Backend.Id)[0].HostInterfaceName;

        await CheckAsync("as it came");
        cluster.Change(TwoHosts.Backend with { Options = TwoHosts.Backend.Options.Add("bandwidth", "80mbit") });
        await cluster.ApplyAsync();
        await CheckAsync("led through a queue");
        tenant.DeleteLink(port);
        await host.Network.CheckAsync(mend: true, default);
        await CheckAsync("made anew, with a queue");
        var record = Directory.GetFiles(Path.Combine(host.Options.ExecRoot, "cluster")).Single();
        File.WriteAllText(record, File.ReadAllText(record).Replace("\"bandwidth\"", "\"before\"", StringComparison.Ordinal));
        await host.RestartDaemonAsync();
        await CheckAsync("with a queue that was to go when the daemon was killed");
        Assert.All(await host.Network.CheckAsync(mend: true, default), drift => Assert.Null(drift.Fault));
        await CheckAsync("whose queue is gone");
        cluster.Change(TwoHosts.Backend);
        await cluster.ApplyAsync();
        await CheckAsync("without a queue again");
        tenant.DeleteLink(port);
        await host.Network.CheckAsync(mend: true, default);
        await CheckAsync("made anew");
        await host.RestartDaemonAsync();
        await cluster.ApplyAsync();
        await CheckAsync("of a daemon that started again");
        Nft.Apply(overlay, $"insert rule netdev orch_guard by_{port} accept");
        Whisper();
        Assert.Equal("10.0.1.3", await Wire.SenderAsync(ear)); // It is the guard that keeps it out.

        void Whisper() => Wire.SendTagged(spoofer, IPAddress.Parse("10.0.1.3"), friend, IPAddress.Parse("10.0.1.4"), 9998);

        async Task CheckAsync(string state)
        {
            using var inside = RouteSocket.Open(spoofer);
            var link = inside.GetLink("eth0").Index;
            Wire.Send(spoofer, "10.0.1.4", 9999); // Whom it asks for, it asks for under its own address.
            Assert.Equal((state, "10.0.1.3"), (state, await Wire.SenderAsync(server)));
            inside.DeleteAddress(link, IPAddress.Parse("10.0.1.3"), 24);
            inside.EnsureAddress(link, IPAddress.Parse("10.0.1.99"), 24);
            Wire.Send(spoofer, "10.0.1.4", 9999);
            inside.DeleteAddress(link, IPAddress.Parse("10.0.1.99"), 24);
            inside.EnsureAddress(link, IPAddress.Parse("10.0.1.3"), 24);
            Whisper();
            Wire.Send(spoofer, "10.0.1.4", 9999);
            // The next to arrive is the honest one, and none comes after it.
            Assert.Equal((state, "10.0.1.3"), (state, await Wire.SenderAsync(server)));
            Assert.Equal((state, 0, 0), (state, server.Available, ear.Available));
        }
    }

    [RootFact]
    public async Task A_task_reaches_the_world_through_its_host_unless_the_overlay_is_internal()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Backend with { Internal = false });
        await using var sealedOff = await TwoHosts.StartAsync(TwoHosts.Backend with { Internal = true });
        await using var outside = new TestHost();
        cluster.Wire.Add(outside.Namespace, "10.77.0.9");
        using var world = Wire.Serve(outside.Namespace, 80, "world");
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0));
        await sealedOff.PlaceAsync(("web.1.a", "10.0.1.3", 0));

        Assert.Equal("world 10.77.0.1", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.77.0.9", 80));
        Assert.Equal("NetworkUnreachable", await Wire.CallAsync(sealedOff["web.1.a"].Namespace, "10.77.0.9", 80));
    }

    [RootFact]
    public async Task An_overlay_that_no_task_needs_any_more_leaves_nothing_on_the_node()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0));
        var pinned = Path.Combine(cluster.Hosts[0].Options.ExecRoot, "netns", "overlay-1001");
        Assert.True(NetNamespace.IsPinned(pinned));

        await cluster.Hosts[0].Network.DeleteSandboxAsync("web.1.a", default);
        await cluster.Hosts[0].Network.ApplyClusterAsync(new ClusterView("10.77.0.1"), default);

        Assert.False(File.Exists(pinned));
        Assert.DoesNotContain(cluster.Hosts[0].Network.ListNetworks(), n => n.Name == "backend");
    }

    [RootFact]
    public async Task An_overlay_that_went_can_come_back_at_once()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 1));

        for (var round = 0; round < 5; round++)
        {
            await cluster.ApplyAsync(0);
            Assert.Empty(cluster.Faults);
            await cluster.Hosts[0].Network.ApplyClusterAsync(new ClusterView("10.77.0.1"), default);
        }
    }

    private static List<ConntrackEntry> Tracked(NetNamespace ns, string backend)
    {
        using var conntrack = ConntrackSocket.Open(ns);
        return [.. conntrack.List().Where(c => c.ReplySource.ToString() == backend)];
    }
}
