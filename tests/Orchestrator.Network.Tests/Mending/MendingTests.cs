using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Mending;

/// <summary>Somebody deletes things by hand, and everything works again.</summary>
public sealed class MendingTests
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    [RootFact]
    public async Task What_the_node_does_itself_is_no_disturbance()
    {
        await using var host = await TestHost.StartAsync();
        Assert.Empty(await host.Network.CheckAsync(mend: true, default));

        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);

        Assert.Empty(await host.Network.CheckAsync(mend: true, default));
    }

    [RootFact]
    public async Task Whatever_of_an_overlay_is_deleted_by_hand_traffic_works_again_within_five_seconds()
    {
        await using var cluster = await TwoHosts.StartAsync(mends: Often);
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var servers = cluster.ServeAll(80);
        await using var outside = new TestHost();
        cluster.Wire.Add(outside.Namespace, "10.77.0.9");
        using var world = Wire.Serve(outside.Namespace, 80, "world");
        var (host, client) = (cluster.Hosts[0], cluster["web.1.a"].Namespace);
        using var overlay = NetNamespace.Open(host.FileOfNamespace("overlay-1001"));
        using var tenant = RouteSocket.Open(overlay);
        using var inside = RouteSocket.Open(client);
        var port = host.Network.ListEndpoints(TwoHosts.Backend.Id)[0].HostInterfaceName;

        async Task<bool> WorksAsync() =>
            await Wire.CallAsync(client, "10.0.1.4", 80, Mended.Try) == "web.2.b 10.0.1.3"
            && await Wire.CallAsync(cluster["web.2.b"].Namespace, "10.0.1.3", 80, Mended.Try) == "web.1.a 10.0.1.4"
            && (await Wire.CallAsync(client, "10.0.1.2", 80, Mended.Try)).StartsWith("web.", StringComparison.Ordinal)
            && (await Wire.ResolveAsync(client, "web")).Values is ["10.0.1.2"]
            && await Wire.CallAsync(client, "10.77.0.9", 80, Mended.Try) == "world 10.77.0.1";

        (string What, Action Break)[] deeds =
        [
            ("forwarding entries", () => DropEntries(tenant, "10.0.1.4")),
            ("an entry of a local port", () => tenant.Change(
                [new NeighbourChange.DropPort(tenant.GetLink(port).Index, MacAddress.Derive(IPAddress.Parse("10.0.1.3")))])),
            ("the VXLAN link", () => tenant.DeleteLink("vx0")),
            ("what it is told not to learn", () => tenant.SetVxlanLearning("vx0", true)),
            ("the bridge", () => tenant.DeleteLink("br0")),
            ("the bridge, set down", () => tenant.SetDown("br0")),
            ("a port taken off the bridge", () => tenant.SetMaster(port, 0)),
            ("a container's veth", () => tenant.DeleteLink(port)),
            ("the guard's table", () => Nft.Apply(overlay, "delete table netdev orch_guard")),
            ("the guard's rules", () => Nft.Apply(overlay, $"flush chain netdev orch_guard by_{port}")),
            ("the balancer's table", () => Nft.Apply(client, "delete table ip orch_lb")),
            ("an element of the balancer", () => Nft.Apply(client, "flush map ip orch_lb backends")),
            ("the resolver's rules", () => Nft.Apply(client, "flush chain netdev orch_dns loopback")),
            ("a hardware address", () => inside.SetMac("eth0", new MacAddress(0x020000000099))),
            ("an address", () => inside.DeleteAddress(inside.GetLink("eth0").Index, IPAddress.Parse("10.0.1.3"), 24)),
            ("the default route", () => inside.DeleteRoute(new IPNetwork(IPAddress.Any, 0))),
            ("a route", () => inside.DeleteRoute(IPNetwork.Parse("10.0.1.0/24"))),
            ("the gateway bridge", () => host.Route.DeleteLink("orchgw0")),
            ("the host's table", () => Nft.Apply(host.Namespace, "delete table ip orch")),
            ("forwarding", () => host.Namespace.Run(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "0"))),
        ];
        await AssertMendedAsync(host, WorksAsync, deeds);
        await AssertMendedAsync(
            host, WorksAsync,
            // What one removed is not there for the next to remove.
            ("everything at once", () => Array.ForEach(deeds, d => Try(d.Break))));
        Assert.Equal("Silence", await SpoofAsync(cluster));
    }

    [RootFact]
    public async Task Whatever_of_the_routing_mesh_is_deleted_by_hand_a_published_port_answers_again_within_five_seconds()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh, Often);
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 1));
        using var servers = cluster.ServeAll(80);
        await using var outside = new TestHost();
        cluster.Wire.Add(outside.Namespace, "10.77.0.9");
        var host = cluster.Hosts[0];
        using var overlay = NetNamespace.Open(host.FileOfNamespace("overlay-1000"));
        using var tenant = RouteSocket.Open(overlay);

        async Task<bool> WorksAsync() =>
            (await Wire.CallAsync(outside.Namespace, "10.77.0.1", 8080, Mended.Try)).StartsWith("web.1.a", StringComparison.Ordinal)
            && (await Wire.CallAsync(host.Namespace, "127.0.0.1", 8080, Mended.Try)).StartsWith("web.1.a", StringComparison.Ordinal);

        (string What, Action Break)[] deeds =
        [
            ("the table", () => Nft.Apply(host.Namespace, "delete table ip orch_ingress")),
            ("slots of a port", () => Nft.Apply(host.Namespace, "flush map ip orch_ingress backends")),
            ("the host's link", () => host.Route.DeleteLink("ing0")),
            ("its other end", () => tenant.DeleteLink("host")),
            ("its hardware address", () => host.Route.SetMac("ing0", new MacAddress(0x020000000099))),
            ("its address", () => host.Route.DeleteAddress(
                host.Route.GetLink("ing0").Index, IPAddress.Parse("10.0.0.2"), 24)),
            ("its setting", () => host.Namespace.Run(
                () => File.WriteAllText("/proc/sys/net/ipv4/conf/ing0/route_localnet", "0"))),
        ];
        await AssertMendedAsync(host, WorksAsync, deeds);
    }

    [RootFact]
    public async Task Whatever_leads_answers_back_to_a_client_is_deleted_by_hand_it_has_them_again_within_five_seconds()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh, Often);
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 1));
        using var servers = cluster.ServeAll(80);
        await using var outside = new TestHost();
        cluster.Wire.Add(outside.Namespace, "10.77.0.9");
        var host = cluster.Hosts[1];
        var task = cluster["web.1.a"].Namespace;
        using var inside = RouteSocket.Open(task);
        using var overlay = NetNamespace.Open(host.FileOfNamespace("overlay-1000"));
        using var tenant = RouteSocket.Open(overlay);
        var port = host.Network.ListEndpoints(TwoHosts.Mesh.Id)[0].HostInterfaceName;

        async Task<bool> WorksAsync() =>
            await Wire.CallAsync(outside.Namespace, "10.77.0.1", 8080, Mended.Try) == "web.1.a 10.77.0.9"
            && await Wire.CallAsync(outside.Namespace, "10.77.0.2", 8080, Mended.Try) == "web.1.a 10.77.0.9";

        (string What, Action Break)[] deeds =
        [
            ("its table", () => Nft.Apply(task, "delete table ip orch_return")),
            ("its marks", () => Nft.Apply(task, "flush map ip orch_return nodes")),
            ("a rule", () => inside.DeleteRule(inside.ListRules(isIPv6: false).First(r => r.Mark is > 0))),
            ("a route", () => inside.DeleteRoute(inside.ListRoutes(isIPv6: false).First(r => r.Table > 255))),
            ("its link", () => tenant.DeleteLink(port)),
            ("the guard's rules", () => Nft.Apply(overlay, $"flush chain netdev orch_guard by_{port}")),
            ("its setting", () => task.Run(() =>
            {
                File.WriteAllText("/proc/sys/net/ipv4/conf/all/rp_filter", "1");
                File.WriteAllText("/proc/sys/net/ipv4/conf/eth0/rp_filter", "1");
            })),
        ];
        await AssertMendedAsync(host, WorksAsync, deeds);
    }

    [RootFact]
    public async Task Whatever_of_a_bridge_network_is_deleted_by_hand_is_mended_and_what_is_foreign_stays()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1", Often);
        var told = new ConcurrentBag<NetworkDrift>();
        host.Network.Drifted += drifts => drifts.ToList().ForEach(told.Add);
        using var web = await host.RunAsync("web", "bridge");
        using var other = await host.RunAsync("other", "bridge");
        using var server = Wire.Serve(web.Namespace, 80, "web");
        await host.Network.PublishAsync("web", [new PortBinding("", 8080, 80)], default);
        host.Route.EnsureBridge("theirs", new BridgeSettings());
        Nft.Apply(host.Namespace, "table ip theirs { chain input { type filter hook input priority 0; } ; }");
        var port = host.Network.GetEndpoints("web")[0].HostInterfaceName;
        async Task<bool> WorksAsync() =>
            (await Wire.CallAsync(other.Namespace, web.Address.ToString(), 80, Mended.Try)).StartsWith("web ", StringComparison.Ordinal)
            && (await Wire.CallAsync(host.Namespace, "127.0.0.1", 8080, Mended.Try)).StartsWith("web ", StringComparison.Ordinal);

        (string What, Action Break)[] deeds =
        [
            ("link orch0 is gone", () => host.Route.DeleteLink("orch0")),
            ($"link {port} is gone", () => host.Route.DeleteLink(port)),
            ($"link {port} is no port of orch0", () => host.Route.SetMaster(port, host.Route.GetLink("theirs").Index)),
            ($"bridge port {port} has other flags", () => host.Route.SetPort(
                host.Route.GetLink(port).Index, new BridgePortSettings { Isolated = true })),
            ("link orch0 has lost its mark", () => host.Route.SetAlias("orch0", "")),
            ("nft table ip orch was changed or removed", () => Nft.Apply(host.Namespace, "flush map ip orch ports")),
            ("link eth0 is down", () =>
            {
                using var inside = RouteSocket.Open(web.Namespace);
                inside.SetDown("eth0");
            }),
        ];
        await AssertMendedAsync(host, WorksAsync, deeds);
        foreach (var (finding, _) in deeds)
            Assert.Contains(told, d => d.Finding == finding && d.Fault is null);

        host.Route.DeleteLink("orch0");
        host.Route.EnsureBridge("orch0", new BridgeSettings("somebody else's"));
        await AssertWorksAsync(() => Task.FromResult(told.Any(d => d.Fault is not null)), "a foreign bridge");
        Assert.Equal("somebody else's", host.Route.GetLink("orch0").Alias);
        Assert.NotNull(host.Route.FindLink("theirs"));
        Assert.Contains("table ip theirs", Nft.List(host.Namespace, "list tables"), StringComparison.Ordinal);
        host.Route.DeleteLink("orch0");
        await AssertWorksAsync(WorksAsync, "the foreign bridge removed");
    }

    /// <summary>As <c>ip route flush table all</c> does, which leaves addresses and takes what makes them this container's.</summary>
    [RootFact]
    public async Task A_container_that_loses_all_its_routes_has_them_again_within_five_seconds()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1", Often);
        using var wire = TestHost.Join(host);
        await using var outside = new TestHost();
        wire.Add(outside.Namespace, "10.77.0.9");
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "six", EnableIPv6 = true }, default);
        using var web = await host.RunAsync("web", "six");
        using var other = await host.RunAsync("other", "six");
        using var servers = Wire.Serve(web.Namespace, 80, "web");
        using var world = Wire.Serve(outside.Namespace, 80, "world");
        using var inside = RouteSocket.Open(web.Namespace);
        var addresses = host.Network.GetEndpoints("web").Single().Addresses.ToArray();
        var before = Routes();

        await Mended.WithinFiveSecondsAsync(
            () =>
            {
                foreach (var route in Both().SelectMany(inside.ListRoutes))
                    inside.DeleteRoute(route);
            }, WorksAsync);

        await AssertWorksAsync(() => Task.FromResult(before.IsSubsetOf(Routes())), "all of its own addresses");
        await Task.Delay(Often * 5);
        Assert.Empty(await host.Network.CheckAsync(mend: true, default));

        async Task<bool> WorksAsync()
        {
            foreach (var (from, to) in addresses.SelectMany(a => new[] { (web, a), (other, a) })
                .Concat([(web, "127.0.0.1"), (web, "127.0.0.9"), (web, "::1")]))
            {
                if (!(await Wire.CallAsync(from.Namespace, to, 80, Mended.Try)).StartsWith("web ", StringComparison.Ordinal))
                    return false;
            }

            return await Wire.CallAsync(web.Namespace, "10.77.0.9", 80, Mended.Try) == "world 10.77.0.1"
                && await Wire.CallAsync(web.Namespace, "fd77::9", 80, Mended.Try) == "world fd77::1";
        }

        HashSet<string> Routes() =>
            [.. Both().SelectMany(inside.ListRoutes).Where(r => !IsOfKernel(r)).Select(r => $"{r.Kind} {r.Destination} {r.Link}")];

        // The kernel gives every link with IPv6 an address of its own, by which no one of ours is known.
        static bool IsOfKernel(RouteSpec route) => route.Destination.BaseAddress.IsIPv6LinkLocal;

        static bool[] Both() => [false, true];
    }

    [RootFact]
    public async Task A_node_that_is_as_it_should_be_is_found_so_also_by_a_new_daemon()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        var network = cluster.Hosts[0].Network;

        Assert.Empty(await network.CheckAsync(mend: false, default));
        cluster.SetReady("web.2.b", false);
        await cluster.ApplyAsync();
        Assert.Empty(await network.CheckAsync(mend: false, default));
        await cluster.Hosts[0].RestartDaemonAsync();
        await cluster.ApplyAsync();
        Assert.Empty(await cluster.Hosts[0].Network.CheckAsync(mend: false, default));
    }

    [RootFact]
    public async Task What_is_wrong_is_told_without_being_touched_and_mended_when_asked()
    {
        await using var host = await TestHost.StartAsync();
        using var web = await host.RunAsync("web", "bridge");
        Assert.Empty(await host.Network.CheckAsync(mend: false, default));
        var index = host.Route.GetLink("orch0").Index;
        var gateway = host.Route.ListAddresses().Find(a => a.Index == index)!;

        host.Route.DeleteAddress(index, gateway.Address, gateway.PrefixLength);
        var told = await host.Network.CheckAsync(mend: false, default);
        var again = await host.Network.CheckAsync(mend: false, default);
        var mended = await host.Network.CheckAsync(mend: true, default);

        var finding = $"address {gateway.Address}/{gateway.PrefixLength} of link orch0 is gone";
        Assert.Equal(new NetworkDrift("host", finding), Assert.Single(told, d => d.Place == "host"));
        Assert.Equal(told.AsEnumerable(), again);
        Assert.Contains(new NetworkDrift("host", finding), mended);
        Assert.Empty(await host.Network.CheckAsync(mend: false, default));
    }

    [RootFact]
    public async Task A_container_that_set_a_tasks_hardware_address_by_hand_has_the_doctor_say_so_and_reaches_it_again()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var servers = cluster.ServeAll(80);
        var (network, client) = (cluster.Hosts[0].Network, cluster["web.1.a"].Namespace);
        using var inside = RouteSocket.Open(client);
        var index = inside.GetLink("eth0").Index;
        var (remote, nobodys) = (IPAddress.Parse("10.0.1.4"), IPAddress.Parse("10.0.1.77"));
        inside.Change([new NeighbourChange.PutAnswer(index, nobodys, new MacAddress(0x020000000077))]);
        inside.Change([new NeighbourChange.PutAnswer(index, remote, MacAddress.Derive(remote))]);
        Assert.Empty(await network.CheckAsync(mend: false, default));

        inside.Change([new NeighbourChange.PutAnswer(index, remote, new MacAddress(0x020000000099))]);
        var told = await network.CheckAsync(mend: true, default);

        Assert.Equal(
            new NetworkDrift("container web.1.a", "neighbour entry of 10.0.1.4 on link eth0 was set by hand, and is false"),
            Assert.Single(told));
        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(client, "10.0.1.4", 80));
        Assert.Equal([nobodys], inside.ListAnswers().Where(n => n.Index == index).Select(n => n.Address));
    }

    private static async Task AssertMendedAsync(
        TestHost host, Func<Task<bool>> works, params (string What, Action Break)[] deeds)
    {
        var mended = new SemaphoreSlim(0); // Not disposed: the last pass may still be telling.
        void Note(ImmutableArray<NetworkDrift> drifts) => mended.Release();
        await AssertWorksAsync(works, "before");
        host.Network.Drifted += Note;
        foreach (var (what, act) in deeds)
        {
            act();
            Assert.True(await mended.WaitAsync(Deadline), $"{what}: nobody noticed");
            await AssertWorksAsync(works, what);
            await Task.Delay(2 * Often);
            while (mended.Wait(0))
            {
            }
        }

        host.Network.Drifted -= Note;
    }

    private static Task AssertWorksAsync(Func<Task<bool>> works, string what) =>
        Mended.WithinFiveSecondsAsync(() => { }, () => TryAsync(works), what);

    private static async Task<bool> TryAsync(Func<Task<bool>> works)
    {
        try
        {
            return await works();
        }
        catch (Exception e) when (e is OperationCanceledException or System.Net.Sockets.SocketException)
        {
            return false; // No answer from the resolver, or no way to ask.
        }
    }

    private static void Try(Action act)
    {
        try
        {
            act();
        }
        catch (IOException)
        {
        }
    }

    private static void DropEntries(RouteSocket tenant, string address)
    {
        var (index, mac) = (tenant.GetLink("vx0").Index, MacAddress.Derive(IPAddress.Parse(address)));
        tenant.Change(
        [
            new NeighbourChange.DropTunnel(index, mac), new NeighbourChange.DropPort(index, mac),
            new NeighbourChange.DropAnswer(index, IPAddress.Parse(address)),
        ]);
    }

    /// <summary>After the mending, too, a container sends under its own address only.</summary>
    private static async Task<string> SpoofAsync(TwoHosts cluster)
    {
        using var inside = RouteSocket.Open(cluster["web.1.a"].Namespace);
        inside.EnsureAddress(inside.GetLink("eth0").Index, IPAddress.Parse("10.0.1.99"), 24);
        using var socket = cluster["web.1.a"].Namespace.Run(() =>
        {
            var made = new System.Net.Sockets.Socket(
                System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream,
                System.Net.Sockets.ProtocolType.Tcp);
            made.Bind(new IPEndPoint(IPAddress.Parse("10.0.1.99"), 0));
            return made;
        });
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        try
        {
            await socket.ConnectAsync(IPEndPoint.Parse("10.0.1.4:80"), patience.Token);
            return "an answer";
        }
        catch (OperationCanceledException)
        {
            return "Silence";
        }
    }
}
