using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Testing;

namespace Orchestrator.Linux.Tests.Netlink;

public sealed class RouteWatchTests
{
    [RootFact]
    public void Each_change_of_links_addresses_and_routes_is_heard_once()
    {
        using var scratch = new ScratchNamespace();
        using var watch = scratch.Namespace.Run(() => RouteWatch.Open(neighbours: false));
        var route = scratch.Route;
        Assert.False(watch.Drain());

        var bridge = route.EnsureBridge("br0", new BridgeSettings());
        Assert.True(watch.Drain());
        Assert.False(watch.Drain());
        route.EnsureAddress(bridge.Index, IPAddress.Parse("10.9.0.1"), 24);
        Assert.True(watch.Drain());
        route.DeleteRoute(IPNetwork.Parse("10.9.0.0/24"));
        Assert.True(watch.Drain());
        route.Change([new NeighbourChange.PutAnswer(bridge.Index, IPAddress.Parse("10.9.0.2"), new MacAddress(0x0242_0a09_0002))]);
        Assert.False(watch.Drain());
        route.DeleteLink("br0");
        Assert.True(watch.Drain());
    }

    [RootFact]
    public void Neighbours_are_heard_of_where_asked_for()
    {
        using var scratch = new ScratchNamespace();
        var bridge = scratch.Route.EnsureBridge("br0", new BridgeSettings());
        using var watch = scratch.Namespace.Run(() => RouteWatch.Open(neighbours: true));

        scratch.Route.Change([new NeighbourChange.PutAnswer(
            bridge.Index, IPAddress.Parse("10.9.0.2"), new MacAddress(0x0242_0a09_0002))]);

        Assert.True(watch.Drain());
    }

    [RootFact]
    public void A_port_of_a_bridge_is_listed_with_the_flags_it_was_given()
    {
        using var scratch = new ScratchNamespace();
        using var peer = new ScratchNamespace();
        var bridge = scratch.Route.EnsureBridge("br0", new BridgeSettings());
        var port = scratch.Route.CreateVeth(
            new VethSettings("p0", "eth0", new MacAddress(0x0242_0a09_0002), 1400, bridge.Index), peer.Namespace);
        var settings = new BridgePortSettings { Hairpin = true, Learning = false, UnicastFlood = false, Isolated = true };

        scratch.Route.SetPort(port.Index, settings);

        Assert.Equal(settings, scratch.Route.ListLinks().Single(l => l.Name == "p0").Port);
        Assert.Null(scratch.Route.GetLink("br0").Port);
    }
}
