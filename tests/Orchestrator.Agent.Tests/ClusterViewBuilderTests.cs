using System.Collections.Immutable;
using Orchestrator.Agent.Networks;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Agent.Tests;

public sealed class ClusterViewBuilderTests
{
    [Theory]
    [InlineData(P.TaskPreference.None, true, "10.0.0.5 10.0.0.6")]
    [InlineData(P.TaskPreference.Local, true, "10.0.0.5")]
    [InlineData(P.TaskPreference.Local, false, "10.0.0.6")]
    public void A_port_that_prefers_local_tasks_is_led_elsewhere_only_while_none_here_is_ready(
        P.TaskPreference prefer, bool isReadyHere, string backends)
    {
        var port = Assert.Single(Build(
            new P.PortConfig { TargetPort = 80, PublishedPort = 8080, Prefer = prefer }, P.Affinity.None,
            Task("here", "10.0.0.5/24", isReadyHere), Task("there", "10.0.0.6/24", true)));

        Assert.Equal(backends.Split(' '), port.Backends);
    }

    [Fact]
    public void Whether_a_port_masquerades_and_keeps_clients_at_one_task_is_told()
    {
        var port = Assert.Single(Build(
            new P.PortConfig { TargetPort = 80, PublishedPort = 8080, Source = P.SourceAddress.Masquerade },
            P.Affinity.Client, Task("here", "10.0.0.5/24", true)));

        Assert.True(port is { Masquerades: true, IsSticky: true });
    }

    [Fact]
    public void Of_a_network_with_IPv6_every_address_has_the_one_that_goes_with_it()
    {
        var network = new P.Network
        {
            Id = "net",
            Spec = new P.NetworkSpec { Annotations = new P.Annotations { Name = "net" }, EnableIpv6 = true },
            Allocation = new P.NetworkAllocation
            {
                Vni = 4097,
                Pools = { new P.IpamPool { Subnet = "10.0.1.0/24" }, new P.IpamPool { Subnet = "fd01::/64" } },
            },
        };
        var endpoint = Task("here", "10.0.1.3/24", true);
        (endpoint.NetworkId, endpoint.EspEpoch) = ("net", 7);

        var view = ClusterViewBuilder.Build(
            Session(new P.Node { Id = "here" }), "192.0.2.1", [network], [endpoint],
            [new P.NetworkService { NetworkId = "net", ServiceId = "web", Name = "web", Vip = "10.0.1.2/24" }], []).Overlays[0];

        Assert.Equal(["10.0.1.3", "fd01::a00:103"], view.Endpoints[0].Addresses);
        Assert.Equal(7u, view.Endpoints[0].EspEpoch);
        Assert.Equal(["10.0.1.2", "fd01::a00:102"], view.Services[0].Vips);
        Assert.True(view.Network is { EnableIPv6: true, Pool6.Subnet: "fd01::/64" });
    }

    [Fact]
    public void With_the_proxy_protocol_tasks_that_get_no_more_connections_keep_theirs()
    {
        var port = Assert.Single(Build(
            new P.PortConfig { TargetPort = 80, PublishedPort = 8080, Prefer = P.TaskPreference.Local, ProxyHeader = true },
            P.Affinity.None, Task("here", "10.0.0.5/24", true), Task("there", "10.0.0.6/24", true),
            Task("slow", "10.0.0.7/24", false)));

        Assert.True(port.HasProxyHeader);
        Assert.Equal("10.0.0.5", Assert.Single(port.Backends));
        Assert.Equal("10.0.0.6 10.0.0.7", string.Join(' ', port.Draining));
    }

    [Fact]
    public void Routes_lead_to_ready_tasks_and_name_their_certificates()
    {
        var view = View(
            new P.NetworkService
            {
                NetworkId = "mesh", ServiceId = "web", Name = "web",
                Routes =
                {
                    new P.HttpRoute { Host = "shop.example", Path = "/", TargetPort = 80, SecretId = "s1" },
                    new P.HttpRoute { Host = "", Path = "/", TargetPort = 81 },
                },
            },
            Task("here", "10.0.0.5/24", true), Task("there", "10.0.0.6/24", false));

        Assert.Equal(["81 ", "80 s1"], view.Routes.Select(r => $"{r.TargetPort} {r.Certificate}"));
        Assert.All(view.Routes, r => Assert.Equal("10.0.0.5", Assert.Single(r.Backends)));
        Assert.Equal(KeyValuePair.Create("s1", "PEM"), view.Certificates.Single());
    }

    [Fact]
    public void A_route_that_prefers_local_tasks_leads_to_those_and_to_others_where_there_are_none()
    {
        var service = new P.NetworkService
        {
            NetworkId = "mesh", ServiceId = "web", Name = "web",
            Routes = { new P.HttpRoute { Path = "/", TargetPort = 80, Prefer = P.TaskPreference.Local, Http2 = true } },
        };

        var both = Assert.Single(View(service, Task("here", "10.0.0.5/24", true), Task("there", "10.0.0.6/24", true)).Routes);
        var other = Assert.Single(View(service, Task("here", "10.0.0.5/24", false), Task("there", "10.0.0.6/24", true)).Routes);

        Assert.Equal(("10.0.0.5", true), (Assert.Single(both.Backends), both.IsHttp2));
        Assert.Equal("10.0.0.6", Assert.Single(other.Backends));
    }

    [Theory]
    [InlineData(7789, 7789)]
    [InlineData(0, 4789)] // A manager that does not say.
    public void The_port_of_VXLAN_is_what_the_session_tells(int told, int port)
    {
        var session = Session(new P.Node { Id = "here" });
        session.DataPathPort = told;

        Assert.Equal(port, ClusterViewBuilder.Build(session, "192.0.2.1", [], [], [], []).DataPathPort);
    }

    private static P.SessionMessage Session(P.Node self) => new() { Node = self };

    private static P.NetworkEndpoint Task(string node, string address, bool isReady) => new()
    {
        NetworkId = "mesh", Id = "on-" + node, Name = "web.1." + node, ServiceId = "web", NodeId = node,
        Vtep = "192.0.2.1", Address = address, Ready = isReady,
    };

    private static ImmutableArray<Network.IngressPort> Build(
        P.PortConfig port, P.Affinity affinity, params P.NetworkEndpoint[] tasks) => View(
            new P.NetworkService { NetworkId = "mesh", ServiceId = "web", Name = "web", Affinity = affinity, Ports = { port } },
            tasks).Ports;

    private static Network.IngressView View(P.NetworkService service, params P.NetworkEndpoint[] tasks)
    {
        var network = new P.Network
        {
            Id = "mesh",
            Spec = new P.NetworkSpec { Annotations = new P.Annotations { Name = "ingress" }, Ingress = true },
            Allocation = new P.NetworkAllocation { Vni = 4096, Pools = { new P.IpamPool { Subnet = "10.0.0.0/24" } } },
        };
        return ClusterViewBuilder.Build(
            Session(new P.Node { Id = "here", IngressAddress = "10.0.0.2/24" }), "192.0.2.1", [network], tasks, [service],
            [Payload("s1", "PEM"), Payload("of-a-task", "hush")]).Ingress!;
    }

    private static P.AssignedPayload Payload(string id, string text) =>
        new() { Id = id, Data = Google.Protobuf.ByteString.CopyFromUtf8(text) };
}
