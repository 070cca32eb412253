using Google.Protobuf;
using Grpc.Core;
using Orchestrator.Grpc.Tests.Protos;

namespace Orchestrator.Grpc.Tests.Calls;

public sealed class CompressionTests
{
    private static readonly EchoRequest Long = new() { Text = new string('x', 10_000) };

    private static byte[] Framed(IMessage message)
    {
        var payload = message.ToByteArray();
        return [0, 0, 0, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_compressed_request_is_understood(string encoding)
    {
        string? seen = null;
        var echo = new EchoService
        {
            OnUnary = (request, context) =>
            {
                seen = context.GetHttpContext().Request.Headers["grpc-encoding"];
                return Task.FromResult(new EchoReply { Text = request.Text });
            },
        };
        await using var server = await TestServer.StartAsync(echo);

        var reply = await server.Client().UnaryAsync(
            Long, new Metadata { { "grpc-internal-encoding-request", encoding } });

        Assert.Equal(Long.Text, reply.Text);
        Assert.Equal(encoding, seen);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_stream_of_compressed_replies_is_understood(string encoding)
    {
        await using var server = await TestServer.StartAsync(
            new EchoService(), options => options.ResponseCompressionAlgorithm = encoding);
        using var call = server.Client().ServerStream(new EchoRequest { Text = Long.Text, Count = 20 });

        var count = 0;
        await foreach (var reply in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(Long.Text, reply.Text);
            count++;
        }

        Assert.Equal(20, count);
    }

    [Fact]
    public async Task A_reply_is_compressed_for_a_client_that_takes_it()
    {
        await using var server = await TestServer.StartAsync(
            new EchoService(), options => options.ResponseCompressionAlgorithm = "gzip");
        using var raw = new RawHttp2(server.Address);

        var response = await raw.SendAsync(
            "/orchestrator.tests.Echo/Unary", Framed(Long), ("grpc-accept-encoding", "identity, gzip"));

        Assert.Equal("gzip", response.Headers["grpc-encoding"]);
        Assert.Equal(1, response.Body[0]);
        Assert.InRange(response.Body.Length, 6, 500);
    }

    [Fact]
    public async Task A_reply_is_plain_for_a_client_that_does_not_take_it()
    {
        await using var server = await TestServer.StartAsync(
            new EchoService(), options => options.ResponseCompressionAlgorithm = "gzip");
        using var raw = new RawHttp2(server.Address);

        var response = await raw.SendAsync(
            "/orchestrator.tests.Echo/Unary", Framed(Long), ("grpc-accept-encoding", "identity"));

        Assert.False(response.Headers.ContainsKey("grpc-encoding"));
        Assert.Equal(0, response.Body[0]);
    }

    [Fact]
    public async Task A_compression_nobody_knows_is_unimplemented_and_the_known_ones_are_named()
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        using var raw = new RawHttp2(server.Address);

        var response = await raw.SendAsync(
            "/orchestrator.tests.Echo/Unary", [1, 0, 0, 0, 0], ("grpc-encoding", "snappy"));

        Assert.Equal("12", response.Status);
        Assert.Equal("identity,gzip,deflate", response.Headers["grpc-accept-encoding"]);
    }

    [Fact]
    public async Task One_message_can_be_left_plain()
    {
        await using var server = await TestServer.StartAsync(
            new EchoService
            {
                OnUnary = (request, context) =>
                {
                    context.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
                    return Task.FromResult(new EchoReply { Text = request.Text });
                },
            },
            options => options.ResponseCompressionAlgorithm = "gzip");
        using var raw = new RawHttp2(server.Address);

        var response = await raw.SendAsync(
            "/orchestrator.tests.Echo/Unary", Framed(Long), ("grpc-accept-encoding", "gzip"));

        Assert.Equal(0, response.Body[0]);
    }
}
