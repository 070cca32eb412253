using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Testing;

namespace Orchestrator.Linux.Tests.Netlink;

public sealed class RouteSocketTests
{
    [RootFact]
    public void A_bridge_made_twice_is_one_bridge_that_is_up_and_marked()
    {
        using var host = new ScratchNamespace();

        var first = host.Route.EnsureBridge("tbr0", new BridgeSettings(Alias: "orch:test", Mtu: 1400));
        var second = host.Route.EnsureBridge("tbr0", new BridgeSettings(Alias: "orch:test", Mtu: 1400));

        Assert.Equal(first, second);
        Assert.True(second.IsUp);
        Assert.Equal(("bridge", "orch:test", 1400), (second.Kind, second.Alias, second.Mtu));
    }

    [RootFact]
    public void The_peer_of_a_veth_is_born_in_its_namespace_with_its_name_and_hardware_address()
    {
        using var host = new ScratchNamespace();
        using var container = new ScratchNamespace();
        var bridge = host.Route.EnsureBridge("tbr0", new BridgeSettings());
        var mac = MacAddress.Derive(IPAddress.Parse("172.17.0.2"));

        var link = host.Route.CreateVeth(
            new VethSettings("vtest0", "eth0", mac, 1400, bridge.Index, "orch:c1"), container.Namespace);
        container.Route.SetUp("eth0");
        var peer = container.Route.GetLink("eth0");
        container.Route.EnsureAddress(peer.Index, IPAddress.Parse("172.17.0.2"), 16);
        container.Route.SetRoute(IPNetwork.Parse("0.0.0.0/0"), IPAddress.Parse("172.17.0.1"), peer.Index);

        Assert.Equal((bridge.Index, "orch:c1", true), (link.Master, link.Alias, link.IsUp));
        Assert.Equal((mac, 1400, true), (peer.Mac!.Value, peer.Mtu, peer.IsUp));
        Assert.Contains(new AddressInfo(peer.Index, IPAddress.Parse("172.17.0.2"), 16), container.Route.ListAddresses());
        Assert.Contains(
            new RouteInfo(IPNetwork.Parse("0.0.0.0/0"), IPAddress.Parse("172.17.0.1"), peer.Index),
            container.Route.ListRoutes());
    }

    [RootFact]
    public void One_change_programs_the_vxlan_link_and_the_bridge_above_it_and_each_half_is_taken_back()
    {
        using var host = new ScratchNamespace();
        using var sandbox = new ScratchNamespace();
        var (bridge, vxlan) = Overlay(host, sandbox);
        var mac = MacAddress.Derive(IPAddress.Parse("10.0.1.5"));
        var vtep = IPAddress.Parse("192.168.9.2");

        sandbox.Route.Change(
        [
            new NeighbourChange.PutRemote(vxlan.Index, mac, vtep),
            new NeighbourChange.PutAnswer(vxlan.Index, IPAddress.Parse("10.0.1.5"), mac),
        ]);
        var programmed = sandbox.Route.ListStatic(vxlan.Index);
        sandbox.Route.Change(
        [
            new NeighbourChange.DropTunnel(vxlan.Index, mac),
            new NeighbourChange.DropPort(vxlan.Index, mac),
            new NeighbourChange.DropAnswer(vxlan.Index, IPAddress.Parse("10.0.1.5")),
            new NeighbourChange.DropAnswer(vxlan.Index, IPAddress.Parse("10.0.1.6")),
        ]);

        Assert.Equal(bridge.Index, sandbox.Route.GetLink("vx0").Master);
        Assert.Contains(new NeighbourInfo(vxlan.Index, mac, null, vtep, OfMaster: false), programmed);
        Assert.Contains(new NeighbourInfo(vxlan.Index, mac, null, null, OfMaster: true), programmed);
        Assert.Contains(new NeighbourInfo(vxlan.Index, mac, IPAddress.Parse("10.0.1.5"), null, OfMaster: false), programmed);
        Assert.Equal(3, programmed.Count);
        Assert.Empty(sandbox.Route.ListStatic(vxlan.Index));
    }

    [RootFact]
    public void Five_thousand_entries_in_one_call_are_all_there()
    {
        using var host = new ScratchNamespace();
        using var sandbox = new ScratchNamespace();
        var (_, vxlan) = Overlay(host, sandbox);
        var macs = Enumerable.Range(0, 5000).Select(n => new MacAddress(0x0242_0a00_0000 + n)).ToList();

        sandbox.Route.Change(macs.Select(mac => new NeighbourChange.PutRemote(vxlan.Index, mac, IPAddress.Parse("192.168.9.2"))));

        var found = sandbox.Route.ListStatic(vxlan.Index).Where(n => !n.OfMaster).Select(n => n.Mac).ToHashSet();
        Assert.Equal(macs.ToHashSet(), found);
    }

    [RootFact]
    public void A_refusal_names_what_was_asked_and_repeats_the_kernels_words()
    {
        using var host = new ScratchNamespace();

        var error = Assert.Throws<NetlinkException>(() =>
            host.Route.EnsureAddress(9999, IPAddress.Parse("10.0.0.1"), 24));

        Assert.Equal(Errno.ENODEV, error.Errno);
        Assert.StartsWith("add address 10.0.0.1/24: ENODEV", error.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public void An_extended_acknowledgement_reaches_the_message()
    {
        using var host = new ScratchNamespace();
        using var other = new ScratchNamespace();
        host.Route.CreateVeth(new VethSettings("vtest0", "eth0", new MacAddress(0x024200000001), 1500), other.Namespace);

        var error = Assert.Throws<NetlinkException>(() =>
            host.Route.SetRoute(IPNetwork.Parse("10.9.0.0/16"), IPAddress.Parse("10.8.0.1"), host.Route.GetLink("vtest0").Index));

        Assert.Equal("Nexthop has invalid gateway", error.KernelText);
    }

    private static (LinkInfo Bridge, LinkInfo Vxlan) Overlay(ScratchNamespace host, ScratchNamespace sandbox)
    {
        var bridge = sandbox.Route.EnsureBridge("br0", new BridgeSettings(Learning: false));
        host.Route.CreateVxlan(
            new VxlanSettings("vx0", 4096, IPAddress.Parse("127.0.0.1"), 4789, 1450), sandbox.Namespace);
        sandbox.Route.SetMaster("vx0", bridge.Index);
        sandbox.Route.SetUp("vx0");
        var vxlan = sandbox.Route.GetLink("vx0");
        sandbox.Route.SetPort(vxlan.Index, new BridgePortSettings { Learning = false, UnicastFlood = false });
        return (bridge, vxlan);
    }
}
