using Google.Protobuf;
using Grpc.Core;
using Orchestrator.Grpc.Tests.Protos;

namespace Orchestrator.Grpc.Tests.Calls;

public sealed class LimitTests
{
    private static EchoRequest Sized(int bytes) => new() { Payload = ByteString.CopyFrom(new byte[bytes]) };

    private static async Task<Status> StatusOf(Task call) =>
        (await Assert.ThrowsAsync<RpcException>(() => call.Soon())).Status;

    [Fact]
    public async Task A_request_above_four_mebibytes_is_refused_by_the_server()
    {
        await using var server = await TestServer.StartAsync(new EchoService());

        var status = await StatusOf(server.Client().UnaryAsync(Sized(4 * 1024 * 1024)).ResponseAsync);

        Assert.Equal(StatusCode.ResourceExhausted, status.StatusCode);
        Assert.Contains("4194304", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_above_four_mebibytes_is_refused_by_the_client()
    {
        await using var server = await TestServer.StartAsync(
            new EchoService { OnUnary = (_, _) => Task.FromResult(new EchoReply { Payload = Sized(5_000_000).Payload }) });

        var status = await StatusOf(server.Client().UnaryAsync(new EchoRequest()).ResponseAsync);

        Assert.Equal(StatusCode.ResourceExhausted, status.StatusCode);
    }

    [Fact]
    public async Task Both_limits_can_be_lifted()
    {
        await using var server = await TestServer.StartAsync(
            new EchoService(), options => options.MaxReceiveMessageSize = null);
        var client = server.Client(options => options.MaxReceiveMessageSize = null);

        var reply = await client.UnaryAsync(Sized(40_000_000)).ResponseAsync.Soon();

        Assert.Equal(40_000_000, reply.Payload.Length);
    }

    [Fact]
    public async Task A_request_above_the_clients_own_limit_is_not_sent()
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        var client = server.Client(options => options.MaxSendMessageSize = 10);

        var status = await StatusOf(client.UnaryAsync(Sized(11)).ResponseAsync);

        Assert.Equal(StatusCode.ResourceExhausted, status.StatusCode);
        using var stream = client.Duplex();
        Assert.Equal(
            StatusCode.ResourceExhausted, (await StatusOf(stream.RequestStream.WriteAsync(Sized(11)))).StatusCode);
    }

    [Fact]
    public async Task A_reply_above_the_servers_own_limit_is_not_sent()
    {
        await using var server = await TestServer.StartAsync(
            new EchoService(), options => options.MaxSendMessageSize = 10);

        var status = await StatusOf(server.Client().UnaryAsync(Sized(11)).ResponseAsync);

        Assert.Equal(StatusCode.ResourceExhausted, status.StatusCode);
    }

    [Fact]
    public async Task The_limit_counts_decompressed_bytes()
    {
        await using var server = await TestServer.StartAsync(new EchoService());

        // Twenty mebibytes of zeroes are twenty kilobytes of gzip.
        var status = await StatusOf(server.Client().UnaryAsync(
            Sized(20 * 1024 * 1024),
            new Metadata { { "grpc-internal-encoding-request", "gzip" } }).ResponseAsync);

        Assert.Equal(StatusCode.ResourceExhausted, status.StatusCode);
        Assert.Contains("decompressed", status.Detail, StringComparison.Ordinal);
    }
}
