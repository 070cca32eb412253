using Grpc.Core;
using Orchestrator.Grpc.Tests.Protos;

namespace Orchestrator.Grpc.Tests.Calls;

public sealed class StatusTests
{
    private static async Task<RpcException> FailureOf(EchoService echo)
    {
        await using var server = await TestServer.StartAsync(echo);
        return await Assert.ThrowsAsync<RpcException>(async () => await server.Client().UnaryAsync(new EchoRequest()));
    }

    [Fact]
    public async Task What_a_handler_throws_the_client_catches_words_details_and_all()
    {
        var failure = await FailureOf(new EchoService
        {
            OnUnary = (_, _) => throw new RpcException(
                new Status(StatusCode.FailedPrecondition, "müde: 100 %\r\n第二"),
                new Metadata { { "grpc-status-details-bin", (byte[])[0, 255, 7] }, { "x-why", "because" } }),
        });

        Assert.Equal(StatusCode.FailedPrecondition, failure.StatusCode);
        Assert.Equal("müde: 100 %\r\n第二", failure.Status.Detail);
        Assert.Equal([0, 255, 7], failure.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Equal("because", failure.Trailers.GetValue("x-why"));
    }

    [Fact]
    public async Task An_unforeseen_exception_tells_the_client_nothing()
    {
        var failure = await FailureOf(new EchoService { OnUnary = (_, _) => throw new InvalidOperationException("secret") });

        Assert.Equal(StatusCode.Unknown, failure.StatusCode);
        Assert.DoesNotContain("secret", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_may_set_a_status_without_throwing()
    {
        var failure = await FailureOf(new EchoService
        {
            OnUnary = (_, context) =>
            {
                context.Status = new Status(StatusCode.NotFound, "no such");
                return Task.FromResult(new EchoReply());
            },
        });

        Assert.Equal(new Status(StatusCode.NotFound, "no such"), failure.Status);
    }

    [Fact]
    public async Task A_status_before_any_message_travels_in_the_headers_alone()
    {
        await using var server = await TestServer.StartAsync(
            new EchoService { OnUnary = (_, _) => throw new RpcException(new(StatusCode.NotFound, "x")) });
        using var raw = new RawHttp2(server.Address);

        var response = await raw.SendAsync("/orchestrator.tests.Echo/Unary", [0, 0, 0, 0, 0]);

        Assert.Equal("5", response.Headers["grpc-status"]);
        Assert.Empty(response.Trailers);
    }

    [Fact]
    public async Task A_status_after_messages_comes_after_them()
    {
        await using var server = await TestServer.StartAsync(new EchoService
        {
            OnServerStream = async (_, replies, _) =>
            {
                await replies.WriteAsync(new EchoReply { Text = "one" });
                throw new RpcException(new(StatusCode.DataLoss, "torn"));
            },
        });
        using var call = server.Client().ServerStream(new EchoRequest());

        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal("one", call.ResponseStream.Current.Text);
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.DataLoss, failure.StatusCode);
    }

    [Fact]
    public async Task There_is_no_status_before_the_end()
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        using var call = server.Client().Duplex();

        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
    }
}
