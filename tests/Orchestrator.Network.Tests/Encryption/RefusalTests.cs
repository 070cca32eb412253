using System.Collections.Immutable;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Encryption;

/// <summary>What is asked to be encrypted is never sent or taken in the clear, on any kernel.</summary>
public sealed class RefusalTests
{
    private const byte Udp = 17;
    private const int Vxlan = 4789;

    [RootTheory]
    [InlineData("wireguard")]
    [InlineData("esp")]
    public async Task Without_a_key_nothing_of_an_encrypted_overlay_leaves_its_node(string encryption)
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Backend with { Encryption = encryption });
        using var wire = Capture.Open(cluster.Hosts[1].Namespace);
        cluster.KnowsKeys = false;
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1), ("web.3.c", "10.0.1.5", 0));
        using var servers = cluster.ServeAll(80);

        Assert.Equal("Silence", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.1.4", 80, Wire.Shortly));
        Assert.Equal(0, wire.Count(Udp, Vxlan));
        Assert.Equal("web.3.c 10.0.1.3", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.1.5", 80));
    }

    [RootTheory]
    [InlineData("wireguard")]
    [InlineData("esp")]
    public async Task Nor_does_anything_leave_when_the_port_becomes_another_one(string encryption)
    {
        const int other = 7789;
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Backend with { Encryption = encryption });
        using var wire = Capture.Open(cluster.Hosts[1].Namespace);
        cluster.KnowsKeys = false;
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));

        cluster.DataPathPort = other;
        await cluster.ApplyAsync();

        Assert.Equal("Silence", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.1.4", 80, Wire.Shortly));
        Assert.Equal((0, 0), (wire.Count(Udp, Vxlan), wire.Count(Udp, other)));
    }

    [RootTheory]
    [InlineData("wireguard")]
    [InlineData("esp")]
    public async Task What_a_node_sends_in_the_clear_all_the_same_the_other_does_not_take(string encryption)
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Backend with { Encryption = encryption });
        using var wire = Capture.Open(cluster.Hosts[1].Namespace);
        cluster.KnowsKeys = false;
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var inbox = Wire.Listen(cluster["web.2.b"].Namespace, 9999);

        Nft.Apply(cluster.Hosts[0].Namespace, "delete table inet orch_crypt");
        Wire.Send(cluster["web.1.a"].Namespace, "10.0.1.4", 9999);

        Assert.Equal("Silence", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.1.4", 80, Wire.Shortly));
        Assert.NotEqual(0, wire.Count(Udp, Vxlan));
        Assert.Equal(0, inbox.Available);
    }

    [RootFact]
    public async Task An_overlay_in_the_clear_beside_an_encrypted_one_is_not_touched()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var servers = cluster.ServeAll(80);
        var sealedOff = TwoHosts.Backend with
        {
            Id = "sealed", Name = "sealed", Vni = 4099, Encryption = "esp", Pools = [new IpamPool("10.0.3.0/24")],
        };

        await cluster.Hosts[0].Network.ApplyClusterAsync(
            cluster.View(0) with { Overlays = cluster.View(0).Overlays.Add(new OverlayView(sealedOff)) }, default);

        Assert.Contains("0x1003", Nft.List(cluster.Hosts[0].Namespace, "list table inet orch_crypt"), StringComparison.Ordinal);
        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.1.4", 80));
        await cluster.ApplyAsync();
        Assert.DoesNotContain("orch_crypt", Nft.List(cluster.Hosts[0].Namespace, "list tables"), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task The_rules_are_there_before_a_daemon_that_comes_back_and_mended_when_somebody_removes_them()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Backend with { Encryption = "esp" });
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0));
        var host = cluster.Hosts[0];

        await host.RestartDaemonAsync();
        Assert.Contains("ipsec missing drop", Rules(), StringComparison.Ordinal);
        await host.Network.CheckAsync(mend: true, default);
        Nft.Apply(host.Namespace, "flush chain inet orch_crypt in");
        var found = await host.Network.CheckAsync(mend: true, default);

        Assert.Contains(new NetworkDrift("host", "nft table inet orch_crypt was changed or removed"), found);
        Assert.Contains("meta ipsec missing drop", Rules(), StringComparison.Ordinal);

        string Rules() => Nft.List(host.Namespace, "list table inet orch_crypt");
    }
}
