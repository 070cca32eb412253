using System.Text;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Orchestrator.Api;
using Orchestrator.EngineApi.Http;

namespace Orchestrator.EngineApi.Tests.Http;

public sealed class GoOrderTests
{
    private static Dictionary<string, string> Labels => new() { ["z"] = "1", ["a"] = "2", ["m"] = "3" };

    [Fact]
    public async Task Maps_of_every_answer_come_in_the_order_of_their_keys()
    {
        const string Sorted = """
            "Labels":{"a":"2","m":"3","z":"1"}
            """;

        Assert.Contains(Sorted, await WrittenAsync(new ContainerInspect { Config = new() { Labels = Labels } }, ApiJson.Wire.ContainerInspect));
        Assert.Contains(Sorted, await WrittenAsync(new NetworkResource { Labels = Labels }, ApiJson.Wire.NetworkResource));
        Assert.Contains(Sorted, await WrittenAsync(new Volume { Labels = Labels }, ApiJson.Wire.Volume));
        Assert.Contains(Sorted, await WrittenAsync(new ImageInspect { Config = new() { Labels = Labels } }, ApiJson.Wire.ImageInspect));
        Assert.Contains(Sorted, await WrittenAsync([new ContainerSummary { Labels = Labels }], ApiJson.Wire.ContainerSummaryArray));
    }

    [Fact]
    public async Task Maps_of_lists_and_of_objects_are_sorted_and_keep_what_is_null_in_them()
    {
        var settings = new NetworkSettings
        {
            Ports = new() { ["9/tcp"] = null, ["80/tcp"] = [new() { HostIp = "::", HostPort = "8" }] },
            Networks = new() { ["web"] = new() { DriverOpts = Labels }, ["data"] = new() },
        };

        var json = await WrittenAsync(
            new ContainerInspect { NetworkSettings = settings }, ApiJson.Wire.ContainerInspect);

        Assert.Contains("\"Ports\":{\"80/tcp\":[{\"HostIp\":\"::\",\"HostPort\":\"8\"}],\"9/tcp\":null}", json);
        Assert.Matches("\"Networks\":{\"data\":.*\"web\":.*\"DriverOpts\":{\"a\":\"2\",\"m\":\"3\",\"z\":\"1\"}", json);
    }

    private static async Task<string> WrittenAsync<T>(T body, JsonTypeInfo<T> type)
    {
        using var written = new MemoryStream();
        var http = new DefaultHttpContext { Response = { Body = written } };
        await http.WriteJsonAsync(body, type);
        return Encoding.UTF8.GetString(written.ToArray());
    }
}
