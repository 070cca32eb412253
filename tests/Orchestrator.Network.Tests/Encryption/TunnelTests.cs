using System.Collections.Immutable;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Encryption;

/// <summary>Traffic between two nodes under WireGuard and under IPsec, which the virtual machine's kernel has.</summary>
public sealed class TunnelTests
{
    private const byte Udp = 17, Esp = 50;
    private const int Vxlan = 4789, WireGuard = 51820;
    private static readonly NetworkConfig Sealed = TwoHosts.Backend;

    [VmFact(Only = "net")]
    public async Task Under_WireGuard_traffic_flows_and_none_of_it_in_the_clear()
    {
        await using var cluster = await TwoHosts.StartAsync(Sealed with { Encryption = "wireguard" });
        foreach (var host in cluster.Hosts)
            host.Namespace.Run(() => File.WriteAllText("/proc/sys/net/ipv4/conf/all/rp_filter", "1"));
        using var wire = Capture.Open(cluster.Hosts[1].Namespace);
        await PlaceAsync(cluster);
        using var servers = cluster.ServeAll(80);
        var client = cluster["web.1.a"].Namespace;

        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(client, "10.0.1.4", 80, TimeSpan.FromSeconds(20)));
        Assert.Equal(2, (await Wire.CallManyAsync(client, "10.0.1.2", 80, 20)).Count);
        Assert.NotEqual(0, wire.Count(Udp, WireGuard));

        // Inside of the tunnel's link the packets are as they were; on the wire there are none.
        using (var route = RouteSocket.Open(cluster.Hosts[0].Namespace))
            route.DeleteLink("orchwg0");
        using var after = Capture.Open(cluster.Hosts[1].Namespace);
        Assert.Equal("Silence", await Wire.CallAsync(client, "10.0.1.4", 80, Wire.Shortly));
        Assert.Equal(0, after.Count(Udp, Vxlan));

        Assert.NotEmpty(await cluster.Hosts[0].Network.CheckAsync(mend: true, default));
        Assert.Empty(await cluster.Hosts[0].Network.CheckAsync(mend: true, default));
        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(client, "10.0.1.4", 80, TimeSpan.FromSeconds(20)));
    }

    [VmFact(Only = "net")]
    public async Task Keys_and_peers_of_the_tunnel_that_somebody_changes_are_put_back_and_all_goes_with_the_last_overlay()
    {
        await using var cluster = await TwoHosts.StartAsync(Sealed with { Encryption = "wireguard" });
        await PlaceAsync(cluster);
        var host = cluster.Hosts[0];
        Assert.Empty(await host.Network.CheckAsync(mend: true, default));

        using (var wireGuard = WireGuardSocket.Open(host.Namespace))
        {
            wireGuard.RemovePeers("orchwg0", wireGuard.Read("orchwg0").Peers);
            wireGuard.Configure("orchwg0", new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8 }, 999);
        }

        Assert.Contains(
            new NetworkDrift("host", "WireGuard's key or peers were changed"),
            await host.Network.CheckAsync(mend: true, default));
        using (var wireGuard = WireGuardSocket.Open(host.Namespace))
        {
            var found = wireGuard.Read("orchwg0");
            Assert.Equal((host.PublicKey, WireGuard), (found.PublicKey, found.Port));
            Assert.Equal(cluster.Hosts[1].PublicKey, Assert.Single(found.Peers).PublicKey);
        }

        host.Route.DeleteRule(host.Route.ListRules(isIPv6: false).Single(r => r.Mark is not null));
        Assert.NotEmpty(await host.Network.CheckAsync(mend: true, default));
        Assert.Empty(await host.Network.CheckAsync(mend: true, default));

        await host.Network.DeleteSandboxAsync("web.1.a", default);
        await host.Network.ApplyClusterAsync(new ClusterView(host.Vtep), default);
        Assert.Null(host.Route.FindLink("orchwg0"));
        Assert.DoesNotContain(host.Route.ListRules(isIPv6: false), r => r.Mark is not null);
        Assert.DoesNotContain("orch_crypt", Nft.List(host.Namespace, "list tables"), StringComparison.Ordinal);
    }

    [VmFact(Only = "net")]
    public async Task Under_IPsec_traffic_flows_while_keys_come_and_go_and_none_of_it_in_the_clear()
    {
        await using var cluster = await TwoHosts.StartAsync(Sealed with { Encryption = "esp" });
        cluster.Keys = Keys(1, (1, 'a'));
        using var wire = Capture.Open(cluster.Hosts[1].Namespace);
        await PlaceAsync(cluster);
        using var line = await Line.OpenAsync(cluster["web.1.a"].Namespace, cluster["web.2.b"].Namespace, "10.0.1.4", 80);
        Assert.True(await line.CarriesAsync(Line.Long), "at first");

        foreach (var keys in new[]
        {
            Keys(1, (1, 'a'), (2, 'b')), Keys(2, (1, 'a'), (2, 'b')), Keys(2, (1, 'a'), (2, 'b'), (3, 'c')),
            Keys(3, (1, 'a'), (2, 'b'), (3, 'c')), Keys(3, (2, 'b'), (3, 'c'), (4, 'd')),
        })
        {
            cluster.Keys = keys;
            await cluster.ApplyAsync(host: 0); // The other has not heard of it yet.
            await AssertArrivesAsync(cluster);
            await cluster.ApplyAsync();
            await AssertArrivesAsync(cluster);
        }

        Assert.NotEqual(0, wire.Count(Esp));
        Assert.Equal(0, wire.Count(Udp, Vxlan));
        using var xfrm = XfrmSocket.Open(cluster.Hosts[0].Namespace);
        Assert.Equal(6, xfrm.ListStates(0x0b0d).Count);
        Assert.Empty(await cluster.Hosts[0].Network.CheckAsync(mend: true, default));

        // Encryption that somebody stops: nothing leaves, and what leaves all the same is not taken.
        xfrm.Remove(xfrm.ListPolicies(0x0b0d).Single());
        Assert.False(await line.CarriesAsync());
        Assert.Equal(0, wire.Count(Udp, Vxlan));
        Nft.Apply(cluster.Hosts[0].Namespace, "flush chain inet orch_crypt out");
        Assert.False(await line.CarriesAsync());
        Assert.NotEqual(0, wire.Count(Udp, Vxlan));

        Assert.Contains(
            new NetworkDrift("host", "IPsec associations or policies were changed"),
            await cluster.Hosts[0].Network.CheckAsync(mend: true, default));
        Assert.True(await line.CarriesAsync(Line.Long), "mended");
    }

    [VmFact(Only = "net")]
    public async Task A_node_takes_what_another_sends_that_had_lost_it_for_a_while()
    {
        await using var cluster = await TwoHosts.StartAsync(Sealed with { Encryption = "esp" });
        cluster.Keys = Keys(1, (1, 'a'));
        await PlaceAsync(cluster);
        await SendManyAsync(cluster);

        var all = cluster.Tasks;
        foreach (List<OverlayEndpoint> tasks in (List<OverlayEndpoint>[])[[.. all.Where(t => t.Name != "web.2.b")], all])
        {
            cluster.Tasks = tasks;
            await cluster.ApplyAsync(host: 0); // The other was there all the time.
        }

        await AssertArrivesAsync(cluster);
        Assert.Empty(await cluster.Hosts[0].Network.CheckAsync(mend: true, default));
    }

    [VmFact(Only = "net")]
    public async Task Associations_that_somebody_flushes_are_made_again_under_another_epoch_and_traffic_flows_when_others_hear_of_it()
    {
        await using var cluster = await TwoHosts.StartAsync(Sealed with { Encryption = "esp" });
        cluster.Keys = Keys(1, (1, 'a'), (2, 'b'));
        await PlaceAsync(cluster);
        using var line = await Line.OpenAsync(cluster["web.1.a"].Namespace, cluster["web.2.b"].Namespace, "10.0.1.4", 80);
        await SendManyAsync(cluster);
        var host = cluster.Hosts[0];
        var before = host.Network.EspEpoch();
        using var xfrm = XfrmSocket.Open(host.Namespace);

        foreach (var state in xfrm.ListStates(0x0b0d))
            xfrm.Remove(state);
        Assert.Equal(
            new NetworkDrift("host", "IPsec associations or policies were changed"),
            Assert.Single(await host.Network.CheckAsync(mend: true, default)));
        Assert.NotEqual(before, host.Network.EspEpoch());
        await cluster.ApplyAsync(host: 1);

        await AssertArrivesAsync(cluster);
        Assert.True(await line.CarriesAsync(Line.Long));
        foreach (var each in cluster.Hosts)
        {
            Assert.Empty(await each.Network.CheckAsync(mend: true, default));
            using var its = XfrmSocket.Open(each.Namespace);
            Assert.Equal(4, its.ListStates(0x0b0d).Count);
        }
    }

    [VmFact(Only = "net")]
    public async Task A_node_that_has_no_part_in_the_network_for_a_while_is_heard_at_once_when_it_has_one_again()
    {
        await using var cluster = await TwoHosts.StartAsync(Sealed with { Encryption = "esp" });
        cluster.Keys = Keys(1, (1, 'a'));
        await PlaceAsync(cluster);
        await SendManyAsync(cluster);
        var (host, epoch) = (cluster.Hosts[0], cluster.Hosts[0].Network.EspEpoch());

        await LeaveAsync(new ClusterView(host.Vtep));
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0)); // The other host hears of nothing.

        Assert.Equal(epoch, host.Network.EspEpoch());
        await AssertArrivesAsync(cluster);
        await LeaveAsync(ClusterView.OfNoCluster);
        using (var xfrm = XfrmSocket.Open(host.Namespace))
            Assert.Empty(xfrm.ListStates(0x0b0d));
        Assert.NotEqual(epoch, host.Network.EspEpoch());

        async Task LeaveAsync(ClusterView view)
        {
            await host.Network.DeleteSandboxAsync("web.1.a", default);
            cluster["web.1.a"].Dispose();
            cluster.Remove("web.1.a");
            await host.Network.ApplyClusterAsync(view, default);
            using var xfrm = XfrmSocket.Open(host.Namespace);
            Assert.Empty(xfrm.ListPolicies(0x0b0d));
        }
    }

    [VmFact(Only = "net")]
    public async Task A_daemon_that_comes_back_without_managers_leaves_the_keys_that_the_kernel_has()
    {
        await using var cluster = await TwoHosts.StartAsync(Sealed with { Encryption = "esp" });
        cluster.Keys = Keys(1, (1, 'a'));
        await PlaceAsync(cluster);
        using var line = await Line.OpenAsync(cluster["web.1.a"].Namespace, cluster["web.2.b"].Namespace, "10.0.1.4", 80);

        await cluster.Hosts[0].RestartDaemonAsync();
        await cluster.Hosts[0].Network.CheckAsync(mend: true, default);

        Assert.True(await line.CarriesAsync(Line.Long));
        Assert.DoesNotContain(cluster.Keys[0].Secret, string.Concat(Directory.EnumerateFiles(
            cluster.Hosts[0].Options.ExecRoot, "*.json", SearchOption.AllDirectories).Select(File.ReadAllText)),
            StringComparison.Ordinal);
    }

    private static ImmutableArray<ClusterKey> Keys(int primary, params (int Number, char Letter)[] keys) =>
        [.. keys.Select(k => new ClusterKey(
            k.Number, Convert.ToBase64String(Enumerable.Repeat((byte)k.Letter, 32).ToArray()), k.Number == primary))];

    /// <summary>More than the receiver's window of packet numbers is wide.</summary>
    private static async Task SendManyAsync(TwoHosts cluster)
    {
        using var inbox = Wire.Listen(cluster["web.2.b"].Namespace, 9998);
        for (var i = 0; i < 1_200; i++)
            Wire.Send(cluster["web.1.a"].Namespace, "10.0.1.4", 9998);
        Assert.Equal("10.0.1.3", await Wire.SenderAsync(inbox));
    }

    /// <summary>Nobody sends this one a second time.</summary>
    private static async Task AssertArrivesAsync(TwoHosts cluster)
    {
        using var inbox = Wire.Listen(cluster["web.2.b"].Namespace, 9999);
        Wire.Send(cluster["web.1.a"].Namespace, "10.0.1.4", 9999);
        Assert.Equal("10.0.1.3", await Wire.SenderAsync(inbox));
    }

    private static async Task PlaceAsync(TwoHosts cluster)
    {
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        Assert.Empty(cluster.Faults);
    }
}
