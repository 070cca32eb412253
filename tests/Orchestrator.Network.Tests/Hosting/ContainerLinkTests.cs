using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Tests.ReadBack;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Hosting;

public sealed class ContainerLinkTests
{
    private static readonly Endpoint Endpoint = new()
    {
        ContainerId = "c", NetworkId = "n", NetworkName = "n", EndpointId = "e", Mac = "02:42:0a:00:01:03", InterfaceName = "eth0", HostInterfaceName = "veth1", IPv4 = "10.0.1.3/24",
    };

    [RootFact]
    public void A_link_is_guarded_before_it_is_a_port_and_there_is_none_when_it_cannot_be()
    {
        using var host = new Space();
        using var container = new Space();
        var bridge = host.Route.GetLink("br0");
        LinkInfo Ensure(Action<LinkInfo> guard) =>
            ContainerLink.Ensure(host.Route, bridge, Endpoint, container.Namespace, guard: guard);

        Assert.Throws<IOException>(() => Ensure(_ => throw new IOException("no room")));
        Assert.Null(host.Route.FindLink("veth1"));

        var masters = new List<int>();
        void Look(LinkInfo link) => masters.Add(host.Route.GetLink(link.Name).Master);
        Ensure(Look);
        Assert.Equal(bridge.Index, host.Route.GetLink("veth1").Master);
        Ensure(Look);
        Assert.Equal([0, bridge.Index], masters); // One that is there stays what it is.

        Assert.Throws<IOException>(() => Ensure(_ => throw new IOException("no room")));
        Assert.NotNull(host.Route.FindLink("veth1"));
    }
}
