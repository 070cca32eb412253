using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Dns;
using Orchestrator.Network.Tests.Pipes;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests;

/// <summary>Networks of the world outside that are the whole cluster's. VLANs and ipvlan are made in tests/vm.</summary>
public sealed class SegmentTests
{
    [RootTheory]
    [InlineData("macvlan", "up0", "")]
    [InlineData("ipvlan", "up0", "")]
    [InlineData("vlan", "up0", "42")]
    [InlineData("macvlan", "up0.42", "")]
    public async Task Tasks_on_two_hosts_meet_on_the_segment_or_the_kernel_is_said_to_lack_it(
        string driver, string parent, string tag)
    {
        await using var one = await TestHost.StartAsync("10.9.0.1");
        await using var two = await TestHost.StartAsync("10.9.0.2");
        using var underlay = TestHost.Join(one, two);
        var network = Segment(driver, parent, tag);
        var faults = (await ApplyAsync(network, one, two)).ToList();
        if (faults.Count > 0 && Environment.GetEnvironmentVariable("ORCH_VM") is null)
        {
            Assert.Matches("lan: .*no (802.1Q VLANs|ipvlan links)", faults[0]);
            return;
        }

        try
        {
            using var here = await one.RunAsync("web.1", Given("10.42.0.11", "fd42::a2a:b"));
            using var there = await two.RunAsync("web.2", Given("10.42.0.12", "fd42::a2a:c"));
            using var server = Wire.Serve(there.Namespace, 80, "there");

            Assert.Equal("there 10.42.0.11", await Wire.CallAsync(here.Namespace, "10.42.0.12", 80));
            Assert.Equal("there fd42::a2a:b", await Wire.CallAsync(here.Namespace, "fd42::a2a:c", 80));
            Assert.Equal(["10.42.0.11", "10.42.0.12"], (await Wire.ResolveAsync(here.Namespace, "web")).Values);
            Assert.Equal(["10.42.0.12"], (await Wire.ResolveAsync(here.Namespace, "web.2")).Values);
            Assert.Equal(["fd42::a2a:c"], (await Wire.ResolveAsync(here.Namespace, "web.2", DnsType.Aaaa)).Values);
            Assert.Equal("10.42.0.254", here.Default()?.Gateway?.ToString());
            // Containers' frames, whatever is in them, are the bridge's business and never the host's.
            Assert.All(
                one.Route.ListLinks().Where(l => l.Kind == "bridge"),
                l => Assert.DoesNotContain(one.Route.ListAddresses(AddressFamily.InterNetworkV6), a => a.Index == l.Index));
        }
        catch (NetworkException e) when (Environment.GetEnvironmentVariable("ORCH_VM") is null)
        {
            Assert.Contains("no ipvlan links", e.Message, StringComparison.Ordinal); // The card is there, links on it are not.
        }
    }

    [RootFact]
    public async Task A_task_s_link_that_somebody_deletes_is_there_again_also_after_the_daemon_was_restarted()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1", TimeSpan.FromMilliseconds(200));
        using var underlay = TestHost.Join(host);
        await ApplyAsync(Segment("macvlan", "up0"), host);
        using var task = await host.RunAsync("web.1", Given("10.42.0.11", "fd42::a2a:b"));
        await host.RestartDaemonAsync(new HashSet<string> { "web.1" });
        using var inside = Linux.Netlink.RouteSocket.Open(task.Namespace);

        inside.DeleteLink("eth0");

        for (var tries = 0; tries < 200 && inside.ListAddresses().All(a => a.Address.ToString() != "10.42.0.11"); tries++)
            await System.Threading.Tasks.Task.Delay(25);
        Assert.Contains(inside.ListAddresses(), a => a.Address.ToString() == "10.42.0.11");
        Assert.Equal("macvlan", inside.GetLink("eth0").Kind);
    }

    [RootFact]
    public async Task A_segment_goes_when_the_cluster_speaks_of_it_no_more_and_nobody_is_on_it()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        await ApplyAsync(Segment("macvlan", "up0"), host);
        using var task = await host.RunAsync("web.1", Given("10.42.0.11", "fd42::a2a:b"));

        await host.Network.ApplyClusterAsync(new ClusterView("10.9.0.1"), default);
        var kept = host.Network.FindNetwork("lan");
        await host.Network.DeleteSandboxAsync("web.1", default);
        await host.Network.ApplyClusterAsync(new ClusterView("10.9.0.1"), default);

        Assert.Equal("macvlan", kept?.Driver);
        Assert.Null(host.Network.FindNetwork("lan"));
    }

    [RootFact]
    public async Task A_segment_s_addresses_come_from_the_cluster_and_it_is_removed_there()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        await ApplyAsync(Segment("macvlan", "up0"), host);
        using var other = await host.RunAsync("c", "bridge");

        var own = await Assert.ThrowsAsync<NetworkException>(
            () => host.Network.ConnectAsync("c", new EndpointConfig { NetworkId = "lan" }, default));
        var removal = await Assert.ThrowsAsync<NetworkException>(() => host.Network.RemoveNetworkAsync("lan", default));

        Assert.Contains("its addresses come from the cluster", own.Message, StringComparison.Ordinal);
        Assert.Contains("network lan belongs to the cluster", removal.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_node_s_own_configuration_says_which_card_the_segment_stands_on()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        await host.Network.CreateNetworkAsync(
            new NetworkConfig { Name = "lan-config", ConfigOnly = true, Options = Options("up0", "") }, default);

        var report = await ApplyAsync(Segment("macvlan", "eth7") with { ConfigFrom = "lan-config" }, host);
        using var task = await host.RunAsync("web.1", Given("10.42.0.11", "fd42::a2a:b"));
        var refusal = await Assert.ThrowsAsync<NetworkException>(() => host.Network.RemoveNetworkAsync("lan-config", default));

        Assert.Empty(report);
        Assert.Equal(host.Route.GetLink("up0").Index, task.Link("eth0")?.Parent);
        Assert.Equal("up0", host.Network.ListConfigParents()["lan-config"]);
        Assert.Contains("configuration network \"lan-config\" is in use", refusal.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_local_network_takes_its_settings_from_a_configuration_and_nobody_connects_to_that()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var underlay = TestHost.Join(host);
        await host.Network.CreateNetworkAsync(
            new NetworkConfig
            {
                Name = "settings", ConfigOnly = true, Options = Options("up0", ""), Pools = [new IpamPool("10.42.0.0/24", "10.42.0.254")],
            },
            default);
        await host.RestartDaemonAsync();

        await host.Network.CreateNetworkAsync(
            new NetworkConfig { Name = "lan", Driver = NetworkDrivers.Macvlan, ConfigFrom = "settings" }, default);
        using var container = await host.RunAsync("c", "lan");
        var connect = await Assert.ThrowsAsync<NetworkException>(
            () => host.Network.ConnectAsync("c", new EndpointConfig { NetworkId = "settings" }, default));
        var besides = await Assert.ThrowsAsync<NetworkException>(() => host.Network.CreateNetworkAsync(
            new NetworkConfig { Name = "more", Driver = NetworkDrivers.Macvlan, ConfigFrom = "settings", Options = Options("up0", "") },
            default));

        Assert.Equal("10.42.0.254", container.Default()?.Gateway?.ToString());
        Assert.Contains("configuration-only network settings", connect.Message, StringComparison.Ordinal);
        Assert.Contains("network driver options are not supported", besides.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task The_doctor_compares_what_is_on_a_segment_and_asks_the_tasks_of_other_nodes()
    {
        await using var one = await TestHost.StartAsync("10.9.0.1");
        await using var two = await TestHost.StartAsync("10.9.0.2");
        using var underlay = TestHost.Join(one, two);
        await ApplyAsync(Segment("macvlan", "up0"), one, two);
        using var here = await one.RunAsync("web.1", Given("10.42.0.11", "fd42::a2a:b"));
        using var there = await two.RunAsync("web.2", Given("10.42.0.12", "fd42::a2a:c"));

        var well = await one.FindWellAsync();
        using (var inside = RouteSocket.Open(there.Namespace))
            inside.DeleteAddress(there.Link("eth0")!.Index, IPAddress.Parse("10.42.0.12"), 24);
        var silent = await one.Network.DiagnoseAsync(fix: false, default);
        var found = await two.Network.DiagnoseAsync(fix: true, default);
        var mended = await one.FindWellAsync();

        Assert.Empty(well.Drifts);
        Assert.Equal([("container web.1", "task web.2 on node 10.9.0.2 in network lan", 1500, null)],
            well.Paths.Select(p => (p.From, p.To, p.Mtu, p.Fault)));
        Assert.Equal("no answer from task web.2 on node 10.9.0.2 in network lan", silent.Paths.Single().Fault);
        Assert.Contains("the switch between the hosts", silent.Paths.Single().Remedy, StringComparison.Ordinal);
        Assert.Contains(found.Drifts, drift => drift.ToString().Contains("10.42.0.12", StringComparison.Ordinal));
        Assert.Null(mended.Paths.Single().Fault);
    }

    private static async Task<ImmutableArray<string>> ApplyAsync(NetworkConfig network, params TestHost[] hosts)
    {
        var faults = ImmutableArray<string>.Empty;
        foreach (var host in hosts)
        {
            var report = await host.Network.ApplyClusterAsync(
                new ClusterView(host.Vtep)
                {
                    Segments =
                    [
                        new OverlayView(network)
                        {
                            Services = [new OverlayService("s1", "web", Vip: null)],
                            Endpoints = [Task(1, host), Task(2, host)],
                        },
                    ],
                },
                default);
            faults = faults.AddRange(report.Faults);
        }

        return faults;
    }

    private static OverlayEndpoint Task(int slot, TestHost host) => new()
    {
        TaskId = $"t{slot}", Name = $"web.{slot}", ServiceId = "s1", Slot = slot, Ip = $"10.42.0.{10 + slot}",
        Ip6 = $"fd42::a2a:{10 + slot:x}", NodeVtep = $"10.9.0.{slot}", IsLocal = host.Vtep == $"10.9.0.{slot}", Ready = true,
    };

    private static EndpointConfig Given(string four, string six) => new() { NetworkId = "lan", IPv4 = four, IPv6 = six };

    private static NetworkConfig Segment(string driver, string parent, string tag = "") => new()
    {
        Id = "segment000000000000000000", Name = "lan", Driver = driver, Scope = "swarm", EnableIPv6 = true,
        Pools = [new IpamPool("10.42.0.0/24", "10.42.0.254"), new IpamPool("fd42::/64", "fd42::fe")],
        Options = Options(parent, tag),
    };

    private static ImmutableDictionary<string, string> Options(string parent, string tag)
    {
        var options = ImmutableDictionary<string, string>.Empty.Add("parent", parent);
        return tag.Length > 0 ? options.Add("vlan", tag) : options;
    }
}
