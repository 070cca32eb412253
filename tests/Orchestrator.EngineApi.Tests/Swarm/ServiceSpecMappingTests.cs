using System.Text.Json;
using Orchestrator.EngineApi.Swarm;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;

namespace Orchestrator.EngineApi.Tests.Swarm;

public sealed class ServiceSpecMappingTests
{
    /// <summary>Else an update of a label would replace every task.</summary>
    [Fact]
    public void A_spec_survives_the_way_to_a_client_and_back()
    {
        foreach (var spec in (ServiceSpec[])[SampleObjects.Spec, Least, Piped("10.1.0.10-10.1.0.12/24@10.1.0.1"), Least with { Mode = new ServiceMode.Global() },
            Least with { Task = Least.Task with { HostNetwork = true } }])
        {
            var json = JsonSerializer.Serialize(ServiceSpecViews.Of(spec), Api.ApiJson.Wire.ServiceSpec);
            var again = ServiceSpecReader.Read(JsonSerializer.Deserialize(json, Api.ApiJson.Wire.ServiceSpec)!);

            Assert.True(spec.SameAs(again), $"{spec.ToProto()}\n{again.ToProto()}");
        }
    }

    [Fact]
    public void What_docker_28_sends_for_a_plain_service_is_read()
    {
        const string Body = """
            {"Name":"web","Labels":{},"TaskTemplate":{"ContainerSpec":{"Image":"web:latest","Init":false,"DNSConfig":{},"Isolation":"default"},
             "Resources":{"Limits":{},"Reservations":{}},"Placement":{},"ForceUpdate":0},
             "Mode":{"Replicated":{"Replicas":3}},"EndpointSpec":{"Mode":"vip","Ports":[{"Protocol":"tcp","TargetPort":80,"PublishedPort":8080,"PublishMode":"ingress"}]}}
            """;

        var spec = ServiceSpecReader.Read(JsonSerializer.Deserialize(Body, Api.ApiJson.Wire.ServiceSpec)!);

        Assert.Equal(new ServiceMode.Replicated(3), spec.Mode);
        Assert.Equal(new PortConfig(PortProtocol.Tcp, 80, 8080), Assert.Single(spec.Endpoint.Ports));
        Assert.Equal(TimeSpan.FromSeconds(5), spec.Task.Restart.Delay);
    }

    [Theory]
    [InlineData("""{"TaskTemplate":{}}""", ErrorCode.InvalidArgument, "no container")]
    [InlineData("""{"TaskTemplate":{"ContainerSpec":{}}}""", ErrorCode.InvalidArgument, "image reference")]
    [InlineData("""{"TaskTemplate":{"ContainerSpec":{"Image":"a"}},"Mode":{"GlobalJob":{}}}""", ErrorCode.Unsupported, "global-job")]
    [InlineData("""{"TaskTemplate":{"ContainerSpec":{"Image":"a","Secrets":[{"SecretID":"x"}]}}}""", ErrorCode.InvalidArgument, "it has no file")]
    [InlineData("""{"TaskTemplate":{"ContainerSpec":{"Image":"a","Secrets":[{"SecretID":"x","File":{"Name":"../etc/shadow"}}]}}}""", ErrorCode.InvalidArgument, "leaves its folder")]
    [InlineData("""{"TaskTemplate":{"ContainerSpec":{"Image":"a"},"RestartPolicy":{"Condition":"never"}}}""", ErrorCode.InvalidArgument, "\"never\"")]
    [InlineData("""{"TaskTemplate":{"ContainerSpec":{"Image":"a"}},"EndpointSpec":{"Ports":[{"TargetPort":70000}]}}""", ErrorCode.InvalidArgument, "70000")]
    [InlineData("""{"TaskTemplate":{"ContainerSpec":{"Image":"a"},"Pipes":[{"HostInterface":"br1","Address":"10.1.0.2/24"}]},"Mode":{"Replicated":{"Replicas":2}}}""", ErrorCode.InvalidArgument, "1 address for 2 replicas")]
    [InlineData("""{"TaskTemplate":{"ContainerSpec":{"Image":"a"},"Pipes":[{"HostInterface":"br1","Address":"10.1.0.2-10.1.0.9/24"}]},"Mode":{"Global":{}}}""", ErrorCode.InvalidArgument, "no slots")]
    [InlineData("""{"TaskTemplate":{"ContainerSpec":{"Image":"a"},"Pipes":[{"HostInterface":"br1","Address":"10.1.0.2/24"}]},"UpdateConfig":{"Order":"start-first"}}""", ErrorCode.InvalidArgument, "stop-first")]
    [InlineData("""{"TaskTemplate":{"ContainerSpec":{"Image":"a"},"Pipes":[{"HostInterface":"br1","Address":"10.1.0.250-10.1.1.4/24"}]},"Mode":{"Replicated":{"Replicas":2}}}""", ErrorCode.InvalidArgument, "not of one subnet")]
    [InlineData("""{"TaskTemplate":{"ContainerSpec":{"Image":"a"},"Networks":[{"Target":"host","Aliases":["b"]}]}}""", ErrorCode.InvalidArgument, "no aliases")]
    [InlineData("""{"TaskTemplate":{"ContainerSpec":{"Image":"a"},"Pipes":[{"HostInterface":"br1","Address":"dhcp"},{"HostInterface":"br2","Address":"dhcp"}]}}""", ErrorCode.InvalidArgument, "both eth1")]
    public void What_cannot_be_is_refused_by_name(string body, ErrorCode code, string named)
    {
        var error = Assert.Throws<UserException>(
            () => ServiceSpecReader.Read(JsonSerializer.Deserialize(body, Api.ApiJson.Wire.ServiceSpec)!));

        Assert.Equal(code, error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_slot_has_an_address_of_its_own_of_a_pipes_range()
    {
        var pipe = Piped("10.1.0.254-10.1.1.1/16@10.1.0.1").Task.Pipes.Single();

        Assert.Equal(
            ["10.1.0.254/16@10.1.0.1", "10.1.0.255/16@10.1.0.1", "10.1.1.0/16@10.1.0.1", "10.1.1.1/16@10.1.0.1", null],
            Enumerable.Range(1, 5).Select(slot => pipe.AddressOf((ulong)slot)));
        Assert.Equal("dhcp", (pipe with { Address = "dhcp" }).AddressOf(7));
        Assert.Equal("0/0", (pipe with { Address = "0/0" }).AddressOf(7));
        Assert.Equal("fd00::b/64", (pipe with { Address = "fd00::a-fd00::f/64" }).AddressOf(2));
        Assert.Null(AddressRange.Parse("10.1.0.9-10.1.0.2"));
    }

    private static ServiceSpec Piped(string address) => Least with
    {
        Task = Least.Task with
        {
            Pipes = [new PipeSpec { HostInterface = "br1", Interface = "eth2", Address = address, MacAndVlan = "@10" }],
            Networks = [new NetworkAttachment("n", ["a"]) { Addresses = "10.0.9.10-10.0.9.12", VirtualIp = "10.0.9.2" }],
        },
    };

    private static ServiceSpec Least => new()
    {
        Annotations = Annotations.Named("web"),
        Task = new TaskSpec { Container = new ContainerSpec { Image = "web" } },
    };
}
