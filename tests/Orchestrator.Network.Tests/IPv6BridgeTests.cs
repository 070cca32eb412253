using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Dns;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests;

public sealed class IPv6BridgeTests
{
    private static readonly NetworkConfig Six = new() { Name = "six", EnableIPv6 = true };

    [RootFact]
    public async Task Containers_reach_one_another_by_IPv6_by_address_and_by_name_and_back()
    {
        await using var host = await TestHost.StartAsync();
        var network = await host.Network.CreateNetworkAsync(Six, default);
        using var web = await host.RunAsync("web", "six");
        using var client = await host.RunAsync("client", "six");
        using var server = Wire.Serve(web.Namespace, 80, "web");
        var (own, other) = (Address6(host, "web"), Address6(host, "client"));

        Assert.Equal([false, true], network.Pools.Select(pool => pool.IsIPv6));
        Assert.StartsWith("fd", own, StringComparison.Ordinal);
        Assert.Equal($"web {other}", await Wire.CallAsync(client.Namespace, own, 80));
        Assert.Equal([own], (await Wire.ResolveAsync(client.Namespace, "web", DnsType.Aaaa)).Values);
        Assert.Equal([web.Address.ToString()], (await Wire.ResolveAsync(client.Namespace, "web")).Values);
        Assert.Equal(["web.six"], (await Wire.ResolveAsync(client.Namespace, Reverse(own), DnsType.Ptr)).Values);
        Assert.Contains($"{own}\tweb\n", host.Network.GetFiles("web").Hosts, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_host_that_becomes_a_router_goes_on_listening_to_its_own()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        string Listens() => host.Namespace.Run(() => File.ReadAllText("/proc/sys/net/ipv6/conf/up0/accept_ra").Trim());
        var before = Listens();

        await host.Network.CreateNetworkAsync(Six, default);

        Assert.Equal(("1", "2"), (before, Listens()));
    }

    [RootFact]
    public async Task A_container_tells_the_host_nothing_of_ways_not_even_with_all_on_its_link()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        host.Route.EnsureAddress(host.Route.GetLink("up0").Index, IPAddress.Parse("fd00:9::11"), 64);
        await host.Network.CreateNetworkAsync(Six, default);
        using var liar = await host.RunAsync("liar", "six");
        using var inside = RouteSocket.Open(liar.Namespace);
        var link = inside.GetLink("eth0").Index;
        void Lie() => FalseRouter.TellSize(liar.Namespace, link, IPAddress.Parse("fd00:9::11"), IPAddress.Parse("fd00:9::51"));
        string Way()
        {
            using var process = host.Namespace.Run(() => System.Diagnostics.Process.Start(
                new System.Diagnostics.ProcessStartInfo("ip", ["route", "get", "fd00:9::51"]) { RedirectStandardOutput = true }))!;
            return process.StandardOutput.ReadToEnd();
        }

        for (var i = 0; i < 5; i++)
        {
            Lie();
            await Task.Delay(100);
        }

        Assert.DoesNotContain("mtu 1300", Way(), StringComparison.Ordinal);

        Linux.Nftables.Nft.Apply(host.Namespace, "flush chain ip6 orch neighbours");
        for (var i = 0; i < 50 && !Way().Contains("mtu 1300", StringComparison.Ordinal); i++)
        {
            Lie();
            await Task.Delay(100);
        }

        Assert.Contains("mtu 1300", Way(), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_container_that_calls_itself_a_router_is_believed_by_nobody()
    {
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(Six, default);
        using var rogue = await host.RunAsync("rogue", "six");
        using var client = await host.RunAsync("client", "six");
        using var inside = RouteSocket.Open(client.Namespace);
        using var theirs = RouteSocket.Open(rogue.Namespace);
        using var listener = FalseRouter.Open(client.Namespace);

        var link = theirs.GetLink("eth0").Index;
        theirs.EnsureAddress(link, IPAddress.Parse("fe80::bad"), 64); // Its first is not to be used for a second.
        // A link that has just come up loses what is sent on a busy machine's first second: said until it is heard.
        Assert.Contains(Enumerable.Range(0, 20), _ =>
        {
            FalseRouter.Advertise(rogue.Namespace, link, "fe80::bad");
            return FalseRouter.IsHeard(listener, TimeSpan.FromSeconds(0.5));
        });
        Assert.DoesNotContain(
            inside.ListRoutes(isIPv6: true), route => route.Destination.PrefixLength == 0 && route.Gateway is { IsIPv6LinkLocal: true });
    }

    [RootFact]
    public async Task A_container_without_IPv6_has_none_at_all_but_for_loopback()
    {
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "four" }, default);
        using var client = await host.RunAsync("client", "four");
        using var inside = RouteSocket.Open(client.Namespace);

        var addresses = inside.ListAddresses(System.Net.Sockets.AddressFamily.InterNetworkV6);

        Assert.Equal([IPAddress.IPv6Loopback], addresses.Select(a => a.Address));
    }

    [RootFact]
    public async Task A_published_port_answers_on_both_families_on_localhost_from_outside_and_through_the_hairpin()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        await using var outside = new TestHost();
        wire.Add(outside.Namespace, "10.77.0.9");
        await host.Network.CreateNetworkAsync(Six, default);
        using var web = await host.RunAsync("web", "six");
        using var other = await host.RunAsync("other", "six");
        using var server = Wire.Serve(web.Namespace, 80, "web");

        var bindings = await host.Network.PublishAsync(
            "web", [new PortBinding("", 8080, 80), new PortBinding("", 0, 80), new PortBinding("fd77::1", 8090, 80)], default);

        Assert.Equal("web fd77::9", await Wire.CallAsync(outside.Namespace, "fd77::1", 8080));
        Assert.Equal("web 10.77.0.9", await Wire.CallAsync(outside.Namespace, "10.77.0.1", 8080));
        Assert.Equal("web fd77::9", await Wire.CallAsync(outside.Namespace, "fd77::1", bindings[1].HostPort));
        Assert.Equal("web fd77::9", await Wire.CallAsync(outside.Namespace, "fd77::1", 8090));
        Assert.Equal("ConnectionRefused", await Wire.CallAsync(outside.Namespace, "10.77.0.1", 8090));
        foreach (var (caller, address) in new[]
            { (host.Namespace, "127.0.0.1"), (host.Namespace, "fd77::1"), (web.Namespace, "fd77::1"), (other.Namespace, "fd77::1") })
            Assert.StartsWith("web ", await Wire.CallAsync(caller, address, 8080), StringComparison.Ordinal);

        Assert.Equal("ConnectionRefused", await Wire.CallAsync(host.Namespace, "::1", 8080)); // At once, so 127.0.0.1 is next.

        await host.Network.UnpublishAsync("web", default);
        Assert.Equal("ConnectionRefused", await Wire.CallAsync(outside.Namespace, "fd77::1", 8080));
    }

    [RootFact]
    public async Task A_port_taken_in_one_family_is_refused_in_both()
    {
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(Six, default);
        using var web = await host.RunAsync("web", "six");
        using var four = await host.RunAsync("four", "bridge");
        using var occupant = Wire.Serve(host.Namespace, 9090, "occupant");

        var taken = await Assert.ThrowsAsync<NetworkException>(
            () => host.Network.PublishAsync("web", [new PortBinding("", 9090, 80)], default));
        var misplaced = await Assert.ThrowsAsync<NetworkException>(
            () => host.Network.PublishAsync("four", [new PortBinding("::1", 9091, 80)], default));

        Assert.Equal(NetworkFault.PortTaken, taken.Fault);
        Assert.Contains("container four has no IPv6", misplaced.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task The_world_is_reached_under_the_hosts_address_and_networks_are_apart()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        await using var outside = new TestHost();
        wire.Add(outside.Namespace, "10.77.0.9");
        await host.Network.CreateNetworkAsync(Six, default);
        await host.Network.CreateNetworkAsync(Six with { Name = "other" }, default);
        await host.Network.CreateNetworkAsync(Six with { Name = "shy", Icc = false }, default);
        await host.Network.CreateNetworkAsync(Six with { Name = "closed", Internal = true }, default);
        using var client = await host.RunAsync("client", "six");
        using var other = await host.RunAsync("other", "other");
        using var one = await host.RunAsync("one", "shy");
        using var two = await host.RunAsync("two", "shy");
        using var closed = await host.RunAsync("closed", "closed");
        using var world = Wire.Serve(outside.Namespace, 80, "world");
        using var servers = new Servers(client, other, one);
        outside.Route.SetRoute(IPNetwork.Parse("fd00::/8"), IPAddress.Parse("fd77::1"), outside.Route.GetLink("up0").Index);

        Assert.Equal("world fd77::1", await Wire.CallAsync(client.Namespace, "fd77::9", 80));
        Assert.All(
            await Task.WhenAll(
                Wire.CallAsync(outside.Namespace, Address6(host, "client"), 80, Wire.Shortly),
                Wire.CallAsync(other.Namespace, Address6(host, "client"), 80, Wire.Shortly),
                Wire.CallAsync(two.Namespace, Address6(host, "one"), 80, Wire.Shortly)),
            answer => Assert.Contains(answer, new[] { "Silence", "HostUnreachable" }));
        Assert.Equal("NetworkUnreachable", await Wire.CallAsync(closed.Namespace, "fd77::9", 80));
    }

    [RootFact]
    public async Task Subnets_addresses_and_gateways_of_IPv6_are_those_asked_for()
    {
        await using var host = await TestHost.StartAsync();
        var asked = Six with
        {
            Pools =
            [
                new IpamPool("fd12:0:0:1::/64", "fd12:0:0:1::fe", "fd12:0:0:1:1::/80",
                    System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("a", "fd12:0:0:1:1::")),
                new IpamPool("10.8.0.0/24"),
            ],
        };
        var network = await host.Network.CreateNetworkAsync(asked, default);
        using var first = await host.RunAsync("first", "six");
        var path = await host.Network.CreateSandboxAsync("second", new SandboxConfig { Name = "second" }, default);
        var second = await host.Network.ConnectAsync(
            "second", new EndpointConfig { NetworkId = "six", IPv6 = "fd12:0:0:1::9" }, default);
        await host.Network.CreateSandboxAsync("third", new SandboxConfig { Name = "third" }, default);
        using var inside = RouteSocket.Open(first.Namespace);

        Assert.Equal(["10.8.0.0/24", "fd12:0:0:1::/64"], network.Pools.Select(pool => pool.Subnet));
        Assert.Equal(IPAddress.Parse("fd12:0:0:1:1::1"), IPAddress.Parse(Address6(host, "first")));
        Assert.Equal(IPAddress.Parse("fd12:0:0:1::9"), IPAddress.Parse(second.Address6!));
        Assert.Contains(
            inside.ListRoutes(System.Net.Sockets.AddressFamily.InterNetworkV6),
            r => r.Destination.PrefixLength == 0 && r.Gateway!.Equals(IPAddress.Parse("fd12:0:0:1::fe")));
        var zero = await Assert.ThrowsAsync<NetworkException>(() => host.Network.ConnectAsync(
            "third", new EndpointConfig { NetworkId = "six", IPv6 = "fd12:0:0:1::" }, default));
        Assert.Equal(
            "fd12:0:0:1:: is the first address of fd12:0:0:1::/64, which means the network itself; ask for another, or none", zero.Message);
        var last = await host.Network.ConnectAsync(
            "third", new EndpointConfig { NetworkId = "six", IPv6 = "fd12::1:ffff:ffff:ffff:ffff" }, default);
        Assert.Equal("fd12::1:ffff:ffff:ffff:ffff", last.Address6);
        await RefusedAsync(host, Six with { Name = "n", Pools = asked.Pools }, "Pool overlaps");
        await RefusedAsync(host, new NetworkConfig { Name = "n", Pools = asked.Pools }, "add --ipv6");
        await RefusedAsync(host, Six with { Name = "n", Pools = [asked.Pools[0], new("fd13::/64")] }, "multiple subnets");
    }

    [RootFact]
    public async Task Whatever_of_IPv6_is_deleted_by_hand_works_again_within_five_seconds()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1", TimeSpan.FromMilliseconds(20));
        using var wire = TestHost.Join(host);
        await using var outside = new TestHost();
        wire.Add(outside.Namespace, "10.77.0.9");
        var network = await host.Network.CreateNetworkAsync(Six, default);
        using var web = await host.RunAsync("web", "six");
        using var server = Wire.Serve(web.Namespace, 80, "web");
        using var world = Wire.Serve(outside.Namespace, 80, "world");
        await host.Network.PublishAsync("web", [new PortBinding("", 8080, 80)], default);
        using var inside = RouteSocket.Open(web.Namespace);
        var (bridge, eth0) = (host.Route.GetLink($"br-{network.Id[..12]}"), inside.GetLink("eth0").Index);
        var own = IPAddress.Parse(Address6(host, "web"));

        foreach (var breakIt in (Action[])[
            () => Nft.Apply(host.Namespace, "delete table ip6 orch"),
            () => inside.DeleteAddress(eth0, own, 64),
            () => inside.DeleteRoute(new IPNetwork(IPAddress.IPv6Any, 0)),
            () => host.Route.DeleteAddress(bridge.Index, IPAddress.Parse(network.Pool6!.Gateway!), 64),
            () => Write(host.Namespace, "all/forwarding", "0"),
            () => Write(web.Namespace, "eth0/disable_ipv6", "1"),
            () => host.Route.DeleteLink(bridge.Name)])
        {
            await Mended.WithinFiveSecondsAsync(breakIt, async () =>
                await Wire.CallAsync(web.Namespace, "fd77::9", 80, Mended.Try) == "world fd77::1"
                && await Wire.CallAsync(outside.Namespace, "fd77::1", 8080, Mended.Try) == "web fd77::9");
        }
    }

    [RootFact]
    public async Task The_default_network_has_IPv6_only_when_it_is_asked_for_and_keeps_its_addresses()
    {
        await using var host = await TestHost.StartAsync();
        Assert.Null(host.Network.FindNetwork("bridge")!.Pool6);
        var four = host.Network.FindNetwork("bridge")!.Pools[0];

        await host.StartWithAsync(host.Options with { IPv6 = true, FixedCidr6 = "fd99::/64" });

        Assert.Equal([four.Subnet, "fd99::/64"], host.Network.FindNetwork("bridge")!.Pools.Select(pool => pool.Subnet));
        await host.StartWithAsync(host.Options with { IPv6 = false, FixedCidr6 = null });
        Assert.Equal([four.Subnet], host.Network.FindNetwork("bridge")!.Pools.Select(pool => pool.Subnet));
    }

    private static async Task RefusedAsync(TestHost host, NetworkConfig config, string words) =>
        Assert.Contains(words, (await Assert.ThrowsAsync<NetworkException>(
            () => host.Network.CreateNetworkAsync(config, default))).Message, StringComparison.Ordinal);

    private static string Address6(TestHost host, string container) =>
        host.Network.GetEndpoints(container)[0].Address6!;

    private static string Reverse(string address) => string.Join('.', Convert.ToHexStringLower(
        IPAddress.Parse(address).GetAddressBytes()).Reverse()) + ".ip6.arpa";

    private static void Write(NetNamespace ns, string setting, string value) =>
        ns.Run(() => File.WriteAllText($"/proc/sys/net/ipv6/conf/{setting}", value));

    private sealed class Servers(params TestContainer[] containers) : IDisposable
    {
        private readonly List<IDisposable> all = [.. containers.Select(c => Wire.Serve(c.Namespace, 80, c.Id))];

        public void Dispose() => all.ForEach(server => server.Dispose());
    }
}
