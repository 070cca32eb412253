using System.Net;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Policing;
using Orchestrator.Network.Probing;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Policing;

public sealed class PolicyTests
{
    [RootFact]
    public async Task Between_services_only_what_a_rule_allows_gets_through_and_its_answers()
    {
        await using var cluster = await TwoHosts.StartAsync(With("web:db:80/tcp"));
        await PlaceAsync(cluster);
        using var servers = cluster.ServeAll(80);
        using var others = cluster.ServeAll(81);
        var (web, db, web2) = (Of(cluster, "web.1.a"), Of(cluster, "db.1.b"), Of(cluster, "web.2.c"));

        Assert.Equal("db.1.b 10.0.1.3", await Wire.CallAsync(web, "10.0.1.4", 80));
        Assert.Equal("db.1.b 10.0.1.5", await Wire.CallAsync(web2, "10.0.1.9", 80)); // By the virtual address.
        Assert.Equal("web.1.a 10.0.1.5", await Wire.CallAsync(web2, "10.0.1.3", 81)); // Of the same service.
        Assert.Equal("Silence", await Wire.CallAsync(web, "10.0.1.4", 81, Wire.Shortly));
        Assert.Equal("Silence", await Wire.CallAsync(db, "10.0.1.3", 80, Wire.Shortly));
    }

    [RootFact]
    public async Task A_rule_that_is_taken_back_ends_what_it_had_let_in_and_one_that_is_given_counts_at_once()
    {
        await using var cluster = await TwoHosts.StartAsync(With("web:db:80/tcp"));
        await PlaceAsync(cluster);
        var (web, db) = (Of(cluster, "web.1.a"), Of(cluster, "db.1.b"));
        using var line = await Line.OpenAsync(web, db, "10.0.1.4", 80);
        Assert.True(await line.CarriesAsync(Line.Long));

        cluster.Change(With("web:db:81/tcp,web:db:90-95/udp"));
        await cluster.ApplyAsync();
        using var server = Wire.Serve(db, 81, "db");

        Assert.False(await line.CarriesAsync());
        Assert.Equal("db 10.0.1.3", await Wire.CallAsync(web, "10.0.1.4", 81));
        Assert.DoesNotContain("10.0.1.4 . 10.0.1.3 . tcp . 80,", Nft.List(db, "list ruleset"), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task What_a_container_makes_of_its_policy_is_put_back()
    {
        await using var cluster = await TwoHosts.StartAsync(With("none"));
        await PlaceAsync(cluster);
        using var servers = cluster.ServeAll(80);
        var host = cluster.Hosts[1].Network;
        Assert.Empty(await host.CheckAsync(mend: true, default));
        Nft.Apply(Of(cluster, "db.1.b"), $"flush chain inet {PolicyTable.Name} input");
        Assert.Equal("db.1.b 10.0.1.3", await Wire.CallAsync(Of(cluster, "web.1.a"), "10.0.1.4", 80));

        var found = await host.CheckAsync(mend: true, default);

        Assert.Contains(found, drift => drift.ToString().Contains(PolicyTable.Name, StringComparison.Ordinal));
        Assert.Equal("Silence", await Wire.CallAsync(Of(cluster, "web.1.a"), "10.0.1.4", 80, Wire.Shortly));
    }

    [RootFact]
    public async Task A_network_whose_policy_is_removed_is_open_again()
    {
        await using var cluster = await TwoHosts.StartAsync(With("none"));
        await PlaceAsync(cluster);
        using var servers = cluster.ServeAll(80);

        cluster.Change(TwoHosts.Backend);
        await cluster.Hosts[1].RestartDaemonAsync(); // One that never heard of the policy takes away what is there.
        await cluster.ApplyAsync();

        Assert.Equal("db.1.b 10.0.1.3", await Wire.CallAsync(Of(cluster, "web.1.a"), "10.0.1.4", 80));
    }

    [RootFact]
    public async Task A_join_that_is_given_up_half_way_leaves_no_policy_for_the_next_network()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        await host.Network.ApplyClusterAsync(
            new ClusterView("10.77.0.1") { Overlays = [new OverlayView(With("none"))] }, default);
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        using var container = await host.RunAsync("c", "bridge");
        using var client = await host.RunAsync("client", "app");
        using var server = Wire.Serve(container.Namespace, 80, "c");

        await host.WhileHelperStandsStillAsync(async () =>
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            var join = host.Network.ConnectAsync(
                "c", new EndpointConfig { NetworkId = TwoHosts.Backend.Id, IPv4 = "10.0.1.9" }, soon.Token);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => join);
        });
        var next = await host.Network.ConnectAsync("c", new EndpointConfig { NetworkId = "app" }, default);

        Assert.Equal("eth1", next.InterfaceName);
        var answer = await Wire.CallAsync(client.Namespace, next.IPv4.Split('/')[0], 80, Wire.Shortly);
        Assert.StartsWith("c ", answer, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_rule_of_icmp_means_echoes_of_both_families_and_nothing_else()
    {
        await using var cluster = await TwoHosts.StartAsync(With("web:db/icmp") with
        {
            EnableIPv6 = true, Pools = [new IpamPool("10.0.1.0/24"), new IpamPool("fd01::/64")],
        });
        await PlaceAsync(cluster);
        using var servers = cluster.ServeAll(80);
        var (web, db) = (Of(cluster, "web.1.a"), Of(cluster, "db.1.b"));

        Assert.True(await EchoesAsync(web, "10.0.1.3", "10.0.1.4"));
        Assert.True(await EchoesAsync(web, "fd01::a00:103", "fd01::a00:104"));
        Assert.False(await EchoesAsync(db, "fd01::a00:104", "fd01::a00:103"));
        Assert.Equal("Silence", await Wire.CallAsync(web, "fd01::a00:104", 80, Wire.Shortly));
    }

    private static async Task<bool> EchoesAsync(Linux.Netlink.NetNamespace ns, string from, string to)
    {
        using var echo = Echo.Open(ns, IPAddress.Parse(from));
        return await echo.AskAsync(IPAddress.Parse(to), 100, TimeSpan.FromSeconds(2), default) is not null;
    }

    private static NetworkConfig With(string policy) =>
        TwoHosts.Backend with { Options = TwoHosts.Backend.Options.Add("policy", policy) };

    private static Task PlaceAsync(TwoHosts cluster) => cluster.PlaceAsync(
        ("web.1.a", "10.0.1.3", 0), ("db.1.b", "10.0.1.4", 1), ("web.2.c", "10.0.1.5", 1));

    private static Linux.Netlink.NetNamespace Of(TwoHosts cluster, string task) => cluster[task].Namespace;
}
