using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Balancing;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Balancing;

/// <summary>Virtual addresses are translated for containers that call them, and for no others.</summary>
public sealed class CallerTests
{
    private const string Vip = "10.0.1.2";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [RootFact]
    public async Task Who_was_told_no_virtual_address_pays_for_none()
    {
        await using var cluster = await StartAsync();
        using var servers = cluster.ServeAll(80);
        var client = cluster["web.1.a"].Namespace;

        Assert.Equal(["10.0.1.3", "10.0.1.4"], (await Wire.ResolveAsync(client, "tasks.web")).Values);
        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(client, "10.0.1.4", 80));
        await cluster.ApplyAsync();

        Assert.False(Translates(client));
        Assert.Equal([Vip], (await Wire.ResolveAsync(client, "web")).Values);
        Assert.True(Translates(client)); // By the time that it knows.
        Assert.False(Translates(cluster["web.2.b"].Namespace));
    }

    [RootFact]
    public async Task A_container_that_knows_a_virtual_address_by_heart_gets_through()
    {
        await using var cluster = await StartAsync();
        using var servers = cluster.ServeAll(80);
        var client = cluster["web.1.a"].Namespace;

        Assert.StartsWith("web.", await Wire.CallAsync(client, Vip, 80, TimeSpan.FromSeconds(10)), StringComparison.Ordinal);
        Assert.True(Translates(client));
        Assert.False(Translates(cluster["web.2.b"].Namespace));
    }

    [RootFact]
    public async Task A_first_call_while_the_daemon_is_away_is_led_and_the_daemon_takes_over()
    {
        await using var cluster = await StartAsync();
        await cluster.PlaceAsync(("web.3.c", "10.0.1.5", 1));
        using var servers = cluster.ServeAll(80);
        var client = cluster["web.1.a"].Namespace;

        await cluster.Hosts[0].Network.DisposeAsync();
        Assert.Equal([Vip], (await Wire.ResolveAsync(client, "web")).Values);
        Assert.Equal(3, (await Wire.CallManyAsync(client, Vip, 80, 60)).Count);

        await cluster.Hosts[0].RestartDaemonAsync();
        cluster.SetReady("web.2.b", false);
        await cluster.ApplyAsync();
        Assert.Equal(
            ["web.1.a", "web.3.c"], (await Wire.CallManyAsync(client, Vip, 80, 60)).Keys.Order(StringComparer.Ordinal));
        Assert.Empty(await cluster.Hosts[0].Network.CheckAsync(mend: true, default));
    }

    [RootFact]
    public async Task A_caller_follows_the_cluster_from_its_first_call_on()
    {
        await using var cluster = await StartAsync();
        using var servers = cluster.ServeAll(80);
        var client = cluster["web.1.a"].Namespace;
        await Wire.ResolveAsync(client, "web");

        cluster.SetReady("web.2.b", false);
        await cluster.ApplyAsync();

        await Eventually.HoldsAsync("all calls are led to the task that is left", Soon, () => OnlyAsync(client, "web.1.a"));
    }

    [RootFact]
    public async Task A_caller_follows_the_cluster_also_when_another_orch_net_hears_its_call_again()
    {
        await using var cluster = await StartAsync();
        using var servers = cluster.ServeAll(80);
        var (host, client) = (cluster.Hosts[0], cluster["web.1.a"].Namespace);
        await Wire.ResolveAsync(client, "web");

        using (var helper = host.FindHelper()!)
        {
            helper.Kill();
            await helper.WaitForExitAsync();
        }

        await Eventually.HoldsAsync(
            "orch-net is back", Soon, async () => host.FindHelper() is not null && await AnswersAsync(client));
        cluster.SetReady("web.2.b", false);
        await cluster.ApplyAsync();
        await Eventually.HoldsAsync("all calls are led to the task that is left", Soon, () => OnlyAsync(client, "web.1.a"));
    }

    private static async Task<bool> OnlyAsync(NetNamespace client, string task) =>
        (await Wire.CallManyAsync(client, Vip, 80, 30)).Keys.SequenceEqual([task]);

    private static async Task<bool> AnswersAsync(NetNamespace client)
    {
        try
        {
            return (await Wire.ResolveAsync(client, "web")).Values.SequenceEqual([Vip]);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or OperationCanceledException)
        {
            return false; // Nobody listens yet.
        }
    }

    private static async Task<TwoHosts> StartAsync()
    {
        var cluster = await TwoHosts.StartAsync();
        cluster.AsksForTheService = false;
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        return cluster;
    }

    private static bool Translates(NetNamespace ns)
    {
        var table = IpFamily.V4.TableNamed(BalancerTable.Name);
        using var reader = ns.Run(NftReader.Open);
        return reader.Fingerprint(table.Family, table.Name) is not null;
    }
}
