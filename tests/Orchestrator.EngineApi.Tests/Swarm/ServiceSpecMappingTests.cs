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
        foreach (var spec in (ServiceSpec[])[SampleObjects.Spec, Least, Least with { Mode = new ServiceMode.Global() }])
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
    [InlineData("""{"TaskTemplate":{"ContainerSpec":{"Image":"a","Secrets":[{"SecretID":"x"}]}}}""", ErrorCode.Unsupported, "secret")]
    [InlineData("""{"TaskTemplate":{"ContainerSpec":{"Image":"a"},"RestartPolicy":{"Condition":"never"}}}""", ErrorCode.InvalidArgument, "\"never\"")]
    [InlineData("""{"TaskTemplate":{"ContainerSpec":{"Image":"a"}},"EndpointSpec":{"Ports":[{"TargetPort":70000}]}}""", ErrorCode.InvalidArgument, "70000")]
    public void What_cannot_be_is_refused_by_name(string body, ErrorCode code, string named)
    {
        var error = Assert.Throws<UserException>(
            () => ServiceSpecReader.Read(JsonSerializer.Deserialize(body, Api.ApiJson.Wire.ServiceSpec)!));

        Assert.Equal(code, error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    private static ServiceSpec Least => new()
    {
        Annotations = Annotations.Named("web"),
        Task = new TaskSpec { Container = new ContainerSpec { Image = "web" } },
    };
}
