using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Tests.Pipes;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Mending;

/// <summary>Somebody renames a link of ours by hand: it keeps addresses, routes and identifiers that the new one needs.</summary>
public sealed class RenamedTests
{
    private const string Other = "foog";

    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);

    [RootTheory]
    [InlineData("vx0")]
    [InlineData("br0")]
    [InlineData("a container's port")]
    public async Task A_link_in_an_overlays_namespace_works_again_within_five_seconds(string name)
    {
        await using var cluster = await TwoHosts.StartAsync(mends: Often);
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var servers = cluster.ServeAll(80);
        using var overlay = NetNamespace.Open(cluster.Hosts[0].FileOfNamespace("overlay-1001"));
        using var tenant = RouteSocket.Open(overlay);
        var port = cluster.Hosts[0].Network.ListEndpoints(TwoHosts.Backend.Id)[0].HostInterfaceName;

        await Mended.WithinFiveSecondsAsync(
            () => Rename(tenant, name == "a container's port" ? port : name),
            async () => tenant.FindLink(Other) is null && await WorksAsync());
        await Mended.WithinFiveSecondsAsync(() => tenant.DeleteLink(port), WorksAsync, "a port deleted later");
        Assert.Empty(await cluster.Hosts[0].Network.CheckAsync(mend: false, default));

        async Task<bool> WorksAsync() =>
            await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.1.4", 80, Mended.Try) == "web.2.b 10.0.1.3"
            && await Wire.CallAsync(cluster["web.2.b"].Namespace, "10.0.1.3", 80, Mended.Try) == "web.1.a 10.0.1.4";
    }

    [RootTheory]
    [InlineData("vx0")]
    [InlineData("br0")]
    [InlineData("vx0 br0")]
    public async Task A_link_of_an_overlay_that_was_renamed_while_no_daemon_ran_is_made_anew(string names)
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var servers = cluster.ServeAll(80);
        var host = cluster.Hosts[0];
        using var overlay = NetNamespace.Open(host.FileOfNamespace("overlay-1001"));
        using var tenant = RouteSocket.Open(overlay);
        await host.Network.DisposeAsync();
        foreach (var name in names.Split(' '))
        {
            tenant.SetDown(name);
            tenant.Rename(tenant.GetLink(name).Index, $"{Other}{name}");
        }

        await host.RestartDaemonAsync(new HashSet<string> { "web.1.a" });
        await cluster.ApplyAsync();

        Assert.DoesNotContain(tenant.ListLinks(), link => link.Name.StartsWith(Other, StringComparison.Ordinal));
        Assert.Equal("web.2.b 10.0.1.3", await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.1.4", 80));
        Assert.Equal("web.1.a 10.0.1.4", await Wire.CallAsync(cluster["web.2.b"].Namespace, "10.0.1.3", 80));
        Assert.Empty(await host.Network.CheckAsync(mend: false, default));
    }

    [RootFact]
    public async Task The_bridge_that_leads_tasks_out_works_again_within_five_seconds()
    {
        await using var cluster = await TwoHosts.StartAsync(mends: Often);
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0));
        await using var outside = new TestHost();
        cluster.Wire.Add(outside.Namespace, "10.77.0.9");
        using var world = Wire.Serve(outside.Namespace, 80, "world");
        var host = cluster.Hosts[0];

        await Mended.WithinFiveSecondsAsync(
            () => Rename(host.Route, host.Options.GatewayBridge),
            async () => host.Route.FindLink(Other) is null
                && await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.77.0.9", 80, Mended.Try) == "world 10.77.0.1");

        Assert.Empty(await host.Network.CheckAsync(mend: false, default));
    }

    [RootTheory]
    [InlineData(0, "ing0")]
    [InlineData(1, "host")]
    public async Task Either_end_of_the_hosts_link_to_the_routing_mesh_works_again_within_five_seconds(int where, string name)
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh, Often);
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 1));
        using var servers = cluster.ServeAll(80);
        await using var outside = new TestHost();
        cluster.Wire.Add(outside.Namespace, "10.77.0.9");
        var host = cluster.Hosts[0];
        using var overlay = NetNamespace.Open(host.FileOfNamespace("overlay-1000"));
        using var tenant = RouteSocket.Open(overlay);
        var place = where == 0 ? host.Route : tenant;

        await Mended.WithinFiveSecondsAsync(
            () => Rename(place, name),
            async () => place.FindLink(Other) is null
                && (await Wire.CallAsync(outside.Namespace, "10.77.0.1", 8080, Mended.Try)).StartsWith("web.1.a", StringComparison.Ordinal));

        Assert.Empty(await host.Network.CheckAsync(mend: false, default));
    }

    [RootTheory]
    [InlineData("bridge")]
    [InlineData("port")]
    [InlineData("eth0")]
    public async Task A_link_of_a_bridge_network_works_again_within_five_seconds(string which)
    {
        await using var host = await TestHost.StartAsync("10.77.0.1", Often);
        using var wire = TestHost.Join(host);
        await using var outside = new TestHost();
        wire.Add(outside.Namespace, "10.77.0.9");
        using var world = Wire.Serve(outside.Namespace, 80, "world");
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "app" }, default);
        using var web = await host.RunAsync("web", "app");
        using var other = await host.RunAsync("other", "app");
        using var server = Wire.Serve(web.Namespace, 80, "web");
        using var inside = RouteSocket.Open(web.Namespace);
        var endpoint = host.Network.GetEndpoints("web").Single();
        var (place, name) = which switch
        {
            "bridge" => (host.Route, $"br-{endpoint.NetworkId[..12]}"),
            "port" => (host.Route, endpoint.HostInterfaceName),
            _ => (inside, which),
        };

        await Mended.WithinFiveSecondsAsync(
            () => Rename(place, name),
            async () => place.FindLink(Other) is null
                && (await Wire.CallAsync(other.Namespace, web.Address.ToString(), 80, Mended.Try)).StartsWith("web ", StringComparison.Ordinal)
                && await Wire.CallAsync(web.Namespace, "10.77.0.9", 80, Mended.Try) == "world 10.77.0.1");

        Assert.Single(inside.ListAddresses(), a => a.Address.Equals(web.Address));
        Assert.Empty(await host.Network.CheckAsync(mend: false, default));
    }

    [RootFact]
    public async Task A_container_on_an_overlay_that_renames_its_own_link_has_it_again_within_five_seconds()
    {
        await using var cluster = await TwoHosts.StartAsync(mends: Often);
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var servers = cluster.ServeAll(80);
        var container = cluster["web.1.a"].Namespace;
        using var inside = RouteSocket.Open(container);

        await Mended.WithinFiveSecondsAsync(
            () => Rename(inside, "eth0"),
            async () => inside.FindLink(Other) is null
                && await Wire.CallAsync(container, "10.0.1.4", 80, Mended.Try) == "web.2.b 10.0.1.3");

        Assert.Single(inside.ListAddresses(), a => a.Address.Equals(IPAddress.Parse("10.0.1.3")));
    }

    [RootTheory]
    [InlineData("a macvlan network")]
    [InlineData("a pipe on a card")]
    [InlineData("a pipe that is a card")]
    [InlineData("a pipe to a bridge")]
    public async Task A_container_that_renames_its_own_link_has_it_with_its_one_address_again_within_five_seconds(string of)
    {
        await using var host = await TestHost.StartAsync("10.77.0.1", Often);
        using var wire = TestHost.Join(host);
        var card = host.Route.GetLink("up0");
        await host.Network.CreateNetworkAsync(new NetworkConfig
        {
            Name = "lan", Driver = NetworkDrivers.Macvlan, Pools = [new IpamPool("10.77.0.0/24", "10.77.0.254")],
            Options = ImmutableDictionary<string, string>.Empty.Add("parent", "up0"),
        }, default);
        using var container = of == "a macvlan network"
            ? await host.RunAsync("web", "lan", "10.77.0.128") : await host.RunAsync("web", "bridge");
        if (of != "a macvlan network")
            await host.PipeAsync(
                of == "a pipe to a bridge" ? "brlab0" : "up0", "web", "10.77.0.128/24",
                with: p => p with { DirectPhys = of == "a pipe that is a card" });
        using var inside = RouteSocket.Open(container.Namespace);
        var name = of == "a macvlan network" ? "eth0" : "eth1";

        await Mended.WithinFiveSecondsAsync(
            () => Rename(inside, name),
            () => Task.FromResult(inside.FindLink(Other) is null && inside.FindLink(name) is { } link
                && inside.ListAddresses().Where(a => $"{a.Address}" == "10.77.0.128").Select(a => a.Index).SequenceEqual([link.Index])));

        Assert.Empty(await host.Network.CheckAsync(mend: false, default));
        if (of == "a pipe that is a card")
            Assert.Equal(card.Mac, inside.GetLink(name).Mac);
        await host.Network.DeleteSandboxAsync("web", default); // The card is to be back before the wire goes.
    }

    [RootFact]
    public async Task The_hosts_ends_of_pipes_and_what_holds_a_limit_are_known_and_one_that_was_renamed_is_mended()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        using var web = await host.RunAsync("web", new EndpointConfig
        {
            NetworkId = "bridge", Options = ImmutableDictionary<string, string>.Empty.Add("bandwidth", "8mbit"),
        });
        var pipe = await host.PipeAsync("brlab0", "web", "10.78.0.128/24");
        await host.PipeAsync("brlab1", "web", "10.79.0.128/24", with: p => p with { InterfaceName = "eth2" });
        await host.Network.RemovePipeAsync("web", "eth2", default);
        var index = host.Route.GetLink("brlab0").Index;
        host.Route.EnsureAddress(index, IPAddress.Parse("10.78.0.1"), 24);
        Assert.Empty(await host.Network.CheckAsync(mend: true, default));
        var detour = host.Route.ListLinks().Single(l => l.Kind == "ifb");

        Rename(host.Route, pipe.HostLink);
        var told = await host.Network.CheckAsync(mend: true, default);

        Assert.Contains(new NetworkDrift("host", $"link {Other} is {pipe.HostLink} under another name"), told);
        Assert.Equal(index, host.Route.GetLink(pipe.HostLink).Master);
        Assert.Equal(detour.Index, host.Route.GetLink(detour.Name).Index);
        await host.Network.RemovePipeAsync("web", "eth1", default);
        Assert.Empty(await host.Network.CheckAsync(mend: true, default));
        Assert.Equal(index, host.Route.GetLink("brlab0").Index); // With an address it is somebody's.
    }

    [RootFact]
    public async Task The_doctor_says_which_link_it_is_and_touches_none_but_ours()
    {
        await using var host = await TestHost.StartAsync();
        host.Route.EnsureBridge("theirs", new BridgeSettings("somebody else's"));
        host.Route.EnsureBridge("bare", new BridgeSettings());
        Rename(host.Route, "orch0");

        var told = await host.Network.CheckAsync(mend: false, default);
        Assert.Contains(new NetworkDrift("host", $"link {Other} is orch0 under another name"), told);
        Assert.NotNull(host.Route.FindLink(Other));

        await host.Network.CheckAsync(mend: true, default);
        Assert.Null(host.Route.FindLink(Other));
        Assert.NotNull(host.Route.FindLink("theirs"));
        Assert.NotNull(host.Route.FindLink("bare"));
        Assert.Empty(await host.Network.CheckAsync(mend: false, default));
    }

    private static void Rename(RouteSocket route, string name)
    {
        var index = route.GetLink(name).Index;
        try
        {
            route.Rename(index, Other);
        }
        catch (NetlinkException e) when (e.Errno == Linux.Errno.EBUSY)
        {
            // Before Linux 6.2 only a link that is down.
            route.SetDown(name);
            route.Rename(index, Other);
            route.SetUp(Other);
        }
    }
}
