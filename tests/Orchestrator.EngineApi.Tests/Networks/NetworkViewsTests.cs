using Orchestrator.Api;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Networks;
using Orchestrator.Network;

namespace Orchestrator.EngineApi.Tests.Networks;

public sealed class NetworkViewsTests
{
    [Theory]
    [InlineData("", "bridge", "local")]
    [InlineData("", "overlay", "swarm")]
    [InlineData("local", "bridge", "local")]
    [InlineData("swarm", "macvlan", "swarm")]
    public void A_network_is_of_the_node_or_of_the_swarm(string scope, string driver, string wanted) =>
        Assert.Equal(wanted, NetworkViews.ToConfig(Asking(scope, driver)).Scope);

    [Theory]
    [InlineData("foo", "bridge")]
    [InlineData("global", "overlay")]
    public void A_scope_that_there_is_not_is_refused_with_those_there_are(string scope, string driver)
    {
        var refusal = Assert.Throws<EngineException>(() => NetworkViews.ToConfig(Asking(scope, driver)));

        Assert.Equal(EngineError.InvalidArgument, refusal.Error);
        Assert.Equal($"invalid scope \"{scope}\"; give local, which is this node alone, or swarm", refusal.Message);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("ä")]
    public void A_name_that_could_not_be_said_in_an_address_is_refused(string name) => Assert.Equal(
        $"\"{name}\" includes invalid characters for a network name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed; choose "
        + "another name", RefusalOf(new() { Name = name }));

    [Theory]
    [InlineData("foo")]
    [InlineData("null")]
    public void A_driver_of_addresses_that_there_is_not_is_refused(string driver) => Assert.Equal(
        $"ipam driver \"{driver}\" not found; addresses are given by default alone: leave out --ipam-driver",
        RefusalOf(new() { Name = "n", IPAM = new() { Driver = driver } }));

    [Fact]
    public void An_option_of_the_addresses_driver_is_refused_by_its_name() => Assert.Equal(
        "IPAM option serial is not supported; leave it out",
        RefusalOf(new() { Name = "n", IPAM = new() { Options = new() { ["serial"] = "true" } } }));

    [Theory]
    [InlineData("10.8.0.1", null)]
    [InlineData(null, "10.8.0.0/25")]
    public void A_gateway_or_a_range_of_no_subnet_is_refused(string? gateway, string? range) => Assert.Equal(
        "every ip-range or gateway must have a corresponding subnet; give that one, too, or leave them out",
        RefusalOf(new() { Name = "n", IPAM = new() { Config = [new() { Gateway = gateway, IPRange = range }] } }));

    [Fact]
    public void An_overlay_is_of_no_node_alone() => Assert.Equal(
        "cannot downgrade network scope for overlay networks; leave out --scope, or make one of this node alone: --driver bridge",
        RefusalOf(Asking("local", "overlay")));

    [Theory]
    [InlineData("default")]
    [InlineData("bridge")]
    [InlineData("host")]
    [InlineData("none")]
    [InlineData("container")]
    public void A_name_that_means_something_else_to_containers_is_refused(string name)
    {
        var said = $"operation is not permitted on predefined {name} network: containers say --network {name} for something else; "
            + "choose another name";

        foreach (var driver in new[] { "", "overlay" })
        {
            var refusal = Assert.Throws<NetworkException>(() => NetworkViews.Check(new() { Name = name, Driver = driver }));
            Assert.Equal((NetworkFault.Forbidden, said), (refusal.Fault, refusal.Message));
        }
    }

    [Fact]
    public void An_ingress_network_is_of_no_node_alone()
    {
        Assert.Equal(
            "ingress network can only be global scope network; make z1 with --driver overlay",
            RefusalOf(new() { Name = "z1", Driver = "bridge", Ingress = true }));

        NetworkViews.Check(new() { Name = "z1", Driver = "overlay", Ingress = true });
    }

    [Theory]
    [InlineData("com.docker.network.enable_ipv6", "yes", "bridge")]
    [InlineData("com.docker.network.enable_ipv6", "", "overlay")]
    [InlineData("com.docker.network.bridge.enable_icc", "off", "bridge")]
    public void An_option_that_is_neither_true_nor_false_is_refused_whatever_the_driver(string option, string value, string driver) =>
        Assert.Equal(
            $"invalid option {option}={value}: give true or false",
            RefusalOf(new() { Name = "n", Driver = driver, Options = new() { [option] = value } }));

    [Theory]
    [InlineData("T", true)]
    [InlineData("True", true)]
    [InlineData("1", true)]
    [InlineData("FALSE", false)]
    [InlineData("0", false)]
    public void IPv6_is_asked_for_by_every_word_that_docker_knows(string word, bool isAsked)
    {
        var request = new NetworkCreateRequest { Name = "n", Options = new() { ["com.docker.network.enable_ipv6"] = word } };

        NetworkViews.Check(request);

        Assert.Equal(isAsked, NetworkViews.ToConfig(request).EnableIPv6);
    }

    [Theory]
    [InlineData("a", "", "bridge")]
    [InlineData("9_x.Y-", "local", "bridge")]
    [InlineData("n", "swarm", "overlay")]
    public void What_can_be_is_not_refused(string name, string scope, string driver) =>
        NetworkViews.Check(new() { Name = name, Scope = scope, Driver = driver, IPAM = new() { Driver = "default", Options = [], Config = [new()] } });

    [Fact]
    public void A_network_of_this_node_is_said_to_be_none_for_services()
    {
        Assert.StartsWith(
            "The network street cannot be used with services. Only networks scoped to the swarm can be used",
            NetworkViews.NotFound("street", isHere: true), StringComparison.Ordinal);
        Assert.Equal("network street not found", NetworkViews.NotFound("street", isHere: false));
    }

    private static string RefusalOf(NetworkCreateRequest request)
    {
        var refusal = Assert.Throws<EngineException>(() => NetworkViews.Check(request));
        Assert.Equal(EngineError.InvalidArgument, refusal.Error);
        return refusal.Message;
    }

    private static NetworkCreateRequest Asking(string scope, string driver) => new() { Name = "n", Scope = scope, Driver = driver };
}
