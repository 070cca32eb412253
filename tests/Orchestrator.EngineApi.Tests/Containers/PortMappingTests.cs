using Orchestrator.Engine;
using Orchestrator.EngineApi.Containers;
using Orchestrator.Network;

namespace Orchestrator.EngineApi.Tests.Containers;

public sealed class PortMappingTests
{
    [Theory]
    [InlineData("8000-8010", 8000, 8010)]
    [InlineData("8000-8000", 8000, 0)]
    [InlineData("8000", 8000, 0)]
    [InlineData("", 0, 0)]
    public void A_range_of_the_hosts_ports_goes_there_and_back(string text, int first, int last)
    {
        var binding = Assert.Single(PortMapping.ToBindings(new() { ["80/tcp"] = [new() { HostPort = text }] }));

        Assert.Equal((first, last), (binding.HostPort, binding.LastHostPort));
        if (last > 0)
            Assert.Equal(text, PortMapping.ToApi([binding])["80/tcp"]![0].HostPort);
    }

    [Fact]
    public void Bindings_come_back_as_they_were_asked_for()
    {
        var asked = new Dictionary<string, Api.PortBinding[]?>
        {
            ["80/tcp"] = [new() { HostIp = "127.0.0.1", HostPort = "8080" }, new() { HostPort = "81" }],
            ["53/udp"] = [],
        };

        var bindings = PortMapping.ToBindings(asked).ToList();

        Assert.Equal(
            [new PortBinding("127.0.0.1", 8080, 80), new("", 81, 80), new("", 0, 53, "udp")], bindings);
        Assert.Equal(["8080", "81"], PortMapping.ToApi(bindings)["80/tcp"]!.Select(binding => binding.HostPort));
    }

    [Theory]
    [InlineData("0/tcp")]
    [InlineData("70000")]
    [InlineData("80/icmp")]
    [InlineData("http/tcp")]
    public void What_is_no_port_is_refused(string key) =>
        Assert.Throws<EngineException>(() => PortMapping.Key(key));
}
