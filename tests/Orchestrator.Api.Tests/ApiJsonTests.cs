using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Api.Swarm;

namespace Orchestrator.Api.Tests;

public sealed class ApiJsonTests
{
    [Fact]
    public void A_null_property_is_left_out_and_a_marked_one_is_written_as_null()
    {
        var json = Write(new ContainerConfig { Image = "busybox" });

        Assert.False(json.ContainsKey("Healthcheck"));
        Assert.True(json.ContainsKey("Cmd"));
        Assert.Null(json["Cmd"]);
    }

    [Fact]
    public void A_property_absent_from_the_json_keeps_its_default()
    {
        var summary = JsonSerializer.Deserialize("""[{"Id":"abc"}]""", ApiJson.Wire.ContainerSummaryArray)![0];

        Assert.Empty(summary.Names);
        Assert.Empty(summary.NetworkSettings.Networks);
    }

    [Theory]
    [InlineData("""{"Cmd":"ls"}""", new[] { "ls" })]
    [InlineData("""{"Cmd":["ls","-l"]}""", new[] { "ls", "-l" })]
    [InlineData("""{"Cmd":null}""", null)]
    [InlineData("""{"cmd":[]}""", new string[0])]
    public void A_command_is_read_from_a_string_or_a_list(string json, string[]? expected)
    {
        var request = JsonSerializer.Deserialize(json, ApiJson.Wire.CreateContainerRequest)!;

        Assert.Equal(expected, request.Cmd);
    }

    [Fact]
    public void A_create_request_has_the_config_and_the_host_config_side_by_side()
    {
        var json = Write(new CreateContainerRequest
        {
            Image = "web",
            ExposedPorts = new() { ["80/tcp"] = new EmptyObject() },
            HostConfig = new HostConfig { PortBindings = new() { ["80/tcp"] = [new PortBinding { HostPort = "8080" }] } },
        });

        Assert.Equal("web", (string?)json["Image"]);
        Assert.Equal("{}", json["ExposedPorts"]!["80/tcp"]!.ToJsonString());
        Assert.Equal("8080", (string?)json["HostConfig"]!["PortBindings"]!["80/tcp"]![0]!["HostPort"]);
    }

    [Fact]
    public void Times_end_in_Z_even_the_zero_time()
    {
        var node = new Node { UpdatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)) };

        var json = JsonSerializer.SerializeToNode(node, ApiJson.Wire.Node)!.AsObject();

        Assert.Equal("2026-01-02T02:04:05Z", (string?)json["UpdatedAt"]);
        Assert.Equal("0001-01-01T00:00:00Z", (string?)json["CreatedAt"]);
    }

    [Fact]
    public void A_time_with_nanoseconds_as_Go_writes_it_is_read()
    {
        var node = JsonSerializer.Deserialize(
            """{"CreatedAt":"2026-11-21T20:05:24.123456789+02:00"}""", ApiJson.Wire.Node)!;

        Assert.Equal("2026-11-21T18:05:24.1234567Z", UtcTimeConverter.Format(node.CreatedAt));
    }

    [Fact]
    public void A_global_service_has_an_empty_object_for_its_mode()
    {
        var spec = new ServiceSpec { Name = "agent", Mode = new ServiceMode { Global = new EmptyObject() } };

        var json = JsonSerializer.Serialize(spec, ApiJson.Wire.ServiceSpec);

        Assert.Contains("""
            "Mode":{"Global":{}}
            """.Trim(), json, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_spec_survives_the_wire()
    {
        var spec = new ServiceSpec
        {
            Name = "web",
            TaskTemplate = new TaskSpec
            {
                ContainerSpec = new ContainerSpec { Image = "web:1", Env = ["A=<b>"], StopGracePeriod = 10_000_000_000 },
                Placement = new Placement { Constraints = ["node.role==worker"] },
            },
            Mode = new ServiceMode { Replicated = new ReplicatedMode { Replicas = 3 } },
            EndpointSpec = new EndpointSpec { Ports = [new PortConfig { TargetPort = 80, PublishedPort = 8080 }] },
        };

        var text = JsonSerializer.Serialize(spec, ApiJson.Wire.ServiceSpec);
        var again = JsonSerializer.Deserialize(text, ApiJson.Wire.ServiceSpec)!;

        Assert.Equal(text, JsonSerializer.Serialize(again, ApiJson.Wire.ServiceSpec));
        Assert.Contains("A=<b>", text, StringComparison.Ordinal);
        Assert.Equal(8080u, again.EndpointSpec!.Ports![0].PublishedPort);
    }

    private static JsonObject Write(ContainerConfig config) =>
        (config is CreateContainerRequest request
            ? JsonSerializer.SerializeToNode(request, ApiJson.Wire.CreateContainerRequest)
            : JsonSerializer.SerializeToNode(config, ApiJson.Wire.ContainerConfig))!.AsObject();
}
