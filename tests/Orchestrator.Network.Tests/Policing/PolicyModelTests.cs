using System.Collections.Immutable;
using Orchestrator.Model;
using Orchestrator.Network.Policing;

namespace Orchestrator.Network.Tests.Policing;

public sealed class PolicyModelTests
{
    [Theory]
    [InlineData("web:db", "", 0, 65535)]
    [InlineData("web->db", "", 0, 65535)]
    [InlineData("web:db:5432", "tcp", 5432, 5432)]
    [InlineData("web:db:53/udp", "udp", 53, 53)]
    [InlineData("*:db:80-90/tcp", "tcp", 80, 90)]
    [InlineData("web:*/icmp", "icmp", 0, 65535)]
    public void A_rule_is_read(string text, string protocol, int first, int last)
    {
        var rule = PolicyRule.Parse(text);

        Assert.Equal((protocol, first, last), (rule?.Protocol, rule?.FirstPort, rule?.LastPort));
        Assert.Equal(rule, PolicyRule.Parse(rule!.ToString()));
    }

    [Theory]
    [InlineData("web")]
    [InlineData("web-")]
    [InlineData("web:db:0")]
    [InlineData("web:db:90-80")]
    [InlineData("web:db:80/tpc")]
    [InlineData("web:db:80/icmp")]
    [InlineData("web:db:80:90")]
    [InlineData(":db")]
    [InlineData("web:d b")]
    public void What_is_no_rule_is_refused(string text) => Assert.Null(PolicyRule.Parse(text));

    [Fact]
    public void Rules_for_the_same_two_are_merged_so_that_no_two_elements_overlap()
    {
        var rules = new[] { "a:b:80", "a:b:70-85", "a:b:86", "a:b:100", "a:b:53/udp" }.Select(PolicyRule.Parse);

        Assert.Equal([new PortsAllowed("tcp", 70, 86), new("tcp", 100, 100), new("udp", 53, 53)], PortsAllowed.Of(rules!));
        Assert.Equal([new PortsAllowed("", 0, 65535)], PortsAllowed.Of([.. rules!, PolicyRule.Parse("*:b")!]));
    }

    [Fact]
    public void A_container_that_the_cluster_does_not_speak_of_lets_nobody_in()
    {
        var model = PolicyModel.For([Own("10.0.1.7")], [Overlay("*:*")]);

        Assert.Equal((1, 0), (model.Links.Count, model.Allowed.Count));
    }

    [Fact]
    public void A_container_of_no_service_goes_by_its_own_name()
    {
        var model = PolicyModel.For([Own("10.0.1.3")], [Overlay("tool:web:80")]);

        Assert.Equal([new Opening("10.0.1.3", "10.0.1.5", new PortsAllowed("tcp", 80, 80))], model.Allowed);
    }

    [Fact]
    public void A_container_that_is_called_as_a_service_is_not_taken_for_it()
    {
        var overlay = Overlay("web:db:5432");
        overlay = overlay with { Endpoints = [.. overlay.Endpoints, Endpoint("web", "10.0.1.6", "")] };

        Assert.Equal([new Opening("10.0.1.4", "10.0.1.3", new PortsAllowed("tcp", 5432, 5432))], PolicyModel.For([Own("10.0.1.4")], [overlay]).Allowed);
    }

    private static OverlayView Overlay(string policy) => new(TwoHosts.Backend with
    {
        Options = ImmutableDictionary<string, string>.Empty.Add("policy", policy),
    })
    {
        Services = [new OverlayService("s1", "web", null), new OverlayService("s2", "db", null)],
        Endpoints = [Endpoint("web.1", "10.0.1.3", "s1"), Endpoint("db.1", "10.0.1.4", "s2"), Endpoint("tool", "10.0.1.5", "")],
    };

    private static OverlayEndpoint Endpoint(string name, string ip, string service) =>
        new() { TaskId = name, Name = name, Ip = ip, ServiceId = service, NodeVtep = "10.77.0.1" };

    private static Endpoint Own(string ip) => new()
    {
        NetworkId = TwoHosts.Backend.Id, NetworkName = "backend", ContainerId = "c", EndpointId = "e", Mac = "",
        InterfaceName = "eth0", HostInterfaceName = "veth", IPv4 = $"{ip}/24",
    };
}
