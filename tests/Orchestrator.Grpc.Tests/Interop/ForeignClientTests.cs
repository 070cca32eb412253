using Microsoft.AspNetCore.Builder;

namespace Orchestrator.Grpc.Tests.Interop;

/// <summary>Clients of other languages against our server.</summary>
public sealed class ForeignClientTests
{
    private static readonly string[] Scenarios =
    [
        "echo", "large", "metadata", "server_stream", "client_stream", "duplex", "status_and_details", "deadline",
        "cancellation", "gzip", "size_limit", "unimplemented",
    ];

    [Theory]
    [InlineData("client.py")]
    [InlineData("client.js")]
    public async Task A_foreign_client_finds_our_server_to_be_gRPC(string script)
    {
        await using var server = await TestServer.StartAsync(app => app.MapGrpcService(RawService.Bind()));

        using var client = await Foreign.StartAsync(script, $"127.0.0.1:{server.Port}");
        var output = await client.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(
            Scenarios.Select(scenario => $"{scenario} ok"),
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
