using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Bridging;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests;

/// <summary>The default network under the daemon's settings, from one start to the next.</summary>
public sealed class DefaultBridgeTests
{
    [RootFact]
    public async Task A_bridge_that_somebody_made_keeps_its_address_and_containers_get_theirs_from_its_subnet()
    {
        await using var host = new TestHost();
        var bridge = host.Route.EnsureBridge("br0", new BridgeSettings());
        host.Route.EnsureAddress(bridge.Index, IPAddress.Parse("192.168.5.1"), 24);
        await host.StartWithAsync(host.Options with { Bridge = "br0" });

        using var container = await host.RunAsync("c", "bridge");

        Assert.StartsWith("192.168.5.", container.Address.ToString(), StringComparison.Ordinal);
        Assert.Equal("192.168.5.1", host.Network.FindNetwork("bridge")!.Pools[0].Gateway);
    }

    [RootFact]
    public async Task Settings_that_changed_make_the_default_network_anew_unless_somebody_is_on_it()
    {
        await using var host = await TestHost.StartAsync();
        var first = host.Network.FindNetwork("bridge")!;

        await host.StartWithAsync(host.Options with { BridgeIp = "10.3.0.1/24", FixedCidr = "10.3.0.64/26", IpMasq = false });
        var second = host.Network.FindNetwork("bridge")!;
        using var container = await host.RunAsync("c", "bridge");
        await host.StartWithAsync(host.Options with { BridgeIp = "10.4.0.1/24" });

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal("10.3.0.64", container.Address.ToString());
        Assert.Equal("false", second.Options["com.docker.network.bridge.enable_ip_masquerade"]);
        Assert.Equal(second.Id, host.Network.FindNetwork("bridge")!.Id);
        Assert.Contains("while containers are on it", host.Network.PendingSettings);
    }

    [RootFact]
    public async Task Other_settings_than_its_addresses_leave_the_default_network_those()
    {
        await using var host = await TestHost.StartAsync();
        var first = host.Network.FindNetwork("bridge")!;

        await host.StartWithAsync(host.Options with { Icc = false });
        var second = host.Network.FindNetwork("bridge")!;

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(first.Pools[0].Subnet, second.Pools[0].Subnet);
    }

    [RootFact]
    public async Task A_bridge_that_somebody_made_stays_as_it_was_when_the_default_network_changes_or_goes_elsewhere()
    {
        await using var host = new TestHost();
        var bridge = host.Route.EnsureBridge("br0", new BridgeSettings());
        host.Route.EnsureAddress(bridge.Index, IPAddress.Parse("192.168.5.1"), 24);

        await host.StartWithAsync(host.Options with { Bridge = "br0" });
        await host.StartWithAsync(host.Options with { Icc = false });
        await host.StartWithAsync(host.Options with { Bridge = "orch0" });

        Assert.Equal((bridge.Index, ""), (host.Route.FindLink("br0")?.Index, host.Route.FindLink("br0")?.Alias));
        Assert.Contains(host.Route.ListAddresses(), a => a.Index == bridge.Index && a.Address.ToString() == "192.168.5.1");
    }

    [RootTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_bridge_that_somebody_made_keeps_its_IPv6_and_listens_to_its_router_as_before(bool six)
    {
        await using var host = await OnTheirBridgeAsync(six);

        await host.Network.CheckAsync(mend: true, default);
        var kept = (Setting(host, "disable_ipv6"), Setting(host, "accept_ra"));
        await host.StartWithAsync(host.Options with { Bridge = "orch0" });

        Assert.Equal(("0", "2"), kept);
        Assert.Equal(("0", "2"), (Setting(host, "disable_ipv6"), Setting(host, "accept_ra")));
    }

    [RootTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task By_such_a_bridge_no_container_tells_the_host_of_routers_or_speaks_IPv6_that_it_has_not(bool six)
    {
        await using var host = await OnTheirBridgeAsync(six);
        using var liar = await host.RunAsync("liar", "bridge");
        using var inside = RouteSocket.Open(liar.Namespace);
        var (link, own) = (inside.GetLink("eth0").Index, IPAddress.Parse("fe80::bad"));
        liar.Namespace.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/eth0/disable_ipv6", "0"));
        inside.EnsureAddress(link, own, 64);
        using var router = FalseRouter.Open(host.Namespace);
        using var ear = host.Namespace.Run(Datagrams);
        ear.Bind(new IPEndPoint(IPAddress.IPv6Any, 5353));
        bool Tells()
        {
            if (six)
                FalseRouter.Advertise(liar.Namespace, link, $"{own}");
            else
                Whisper();
            return six ? FalseRouter.IsHeard(router, Wire.Shortly) : ear.Poll(Wire.Shortly, SelectMode.SelectRead);
        }

        Socket Datagrams() => new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        void Whisper() => liar.Namespace.Run(() =>
        {
            using var socket = Datagrams();
            socket.Bind(new IPEndPoint(IPAddress.Parse($"{own}%{link}"), 0));
            socket.SendTo("psst"u8, new IPEndPoint(IPAddress.Parse($"ff02::1%{link}"), 5353));
        });

        Assert.DoesNotContain(Enumerable.Range(0, 5), _ => Tells());

        Nft.Apply(host.Namespace, $"flush chain bridge {NeighbourTable.Name} input");
        Assert.Contains(Enumerable.Range(0, 20), _ => Tells());
    }

    private static async Task<TestHost> OnTheirBridgeAsync(bool six)
    {
        var host = new TestHost();
        var bridge = host.Route.EnsureBridge("br0", new BridgeSettings());
        host.Route.EnsureAddress(bridge.Index, IPAddress.Parse("192.168.5.1"), 24);
        Set("disable_ipv6", "0");
        Set("accept_ra", "2"); // It has heard of no router yet, and so has no address of its own.
        await host.StartWithAsync(host.Options with { Bridge = "br0", IPv6 = six });
        return host;

        void Set(string name, string value) =>
            host.Namespace.Run(() => File.WriteAllText($"/proc/sys/net/ipv6/conf/br0/{name}", value));
    }

    private static string Setting(TestHost host, string name) =>
        host.Namespace.Run(() => File.ReadAllText($"/proc/sys/net/ipv6/conf/br0/{name}").Trim());

    [RootFact]
    public async Task Without_a_bridge_there_is_no_default_network()
    {
        await using var host = await TestHost.StartAsync();

        await host.StartWithAsync(host.Options with { Bridge = "none" });

        Assert.Null(host.Network.FindNetwork("bridge"));
        Assert.Null(host.Route.FindLink("orch0"));
        Assert.NotNull(host.Network.FindNetwork("none"));
    }

    [RootFact]
    public async Task Without_a_default_network_a_container_of_another_has_its_files()
    {
        await using var host = new TestHost();
        await host.StartWithAsync(host.Options with { Bridge = "none" });
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        using var container = await host.RunAsync("c", "app");

        var files = host.Network.GetFiles("c");

        Assert.Contains(container.Address.ToString(), files.Hosts, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_new_network_has_the_options_of_the_settings_that_it_does_not_set_itself()
    {
        await using var host = new TestHost();
        await host.StartWithAsync(host.Options with
        {
            NetworkOptions = host.Options.NetworkOptions.Add("com.docker.network.driver.mtu", "1234"),
        });

        Assert.Equal(1234, (await host.Network.CreateNetworkAsync(new() { Name = "a" }, default)).Mtu);
        Assert.Equal(1300, (await host.Network.CreateNetworkAsync(
            new() { Name = "b", Options = host.Options.NetworkOptions.SetItem("com.docker.network.driver.mtu", "1300") },
            default)).Mtu);
    }
}
