using Grpc.Core;
using Orchestrator.Grpc.Tests.Protos;

namespace Orchestrator.Grpc.Tests.Calls;

public sealed class DeadlineTests
{
    private static async Task<EchoReply> Hang(ServerCallContext context)
    {
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
        return new EchoReply();
    }

    [Fact]
    public async Task A_call_past_its_deadline_ends_on_both_sides()
    {
        var (arrived, cancelled) = (false, new TaskCompletionSource());
        var echo = new EchoService
        {
            OnUnary = (_, context) =>
            {
                arrived = true;
                context.CancellationToken.Register(() => cancelled.TrySetResult());
                return Hang(context);
            },
        };
        await using var server = await TestServer.StartAsync(echo);

        for (var tries = 0; tries < 10 && !arrived; tries++) // A machine that is busy with other things may be too late.
        {
            var call = server.Client().UnaryAsync(new EchoRequest(), deadline: DateTime.UtcNow.AddSeconds(1));

            var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.Soon());
            Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        }

        await cancelled.Task.Soon();
    }

    [Fact]
    public async Task The_handler_knows_the_deadline()
    {
        DateTime? seen = null;
        var echo = new EchoService
        {
            OnUnary = (_, context) =>
            {
                seen = context.Deadline;
                return Task.FromResult(new EchoReply());
            },
        };
        await using var server = await TestServer.StartAsync(echo);
        var deadline = DateTime.UtcNow.AddMinutes(5);

        await server.Client().UnaryAsync(new EchoRequest(), deadline: deadline);

        Assert.InRange(seen!.Value, deadline.AddSeconds(-30), deadline.AddSeconds(30));
    }

    [Fact]
    public async Task Without_a_deadline_the_handler_sees_the_end_of_time()
    {
        DateTime? seen = null;
        var echo = new EchoService
        {
            OnUnary = (_, context) =>
            {
                seen = context.Deadline;
                return Task.FromResult(new EchoReply());
            },
        };
        await using var server = await TestServer.StartAsync(echo);

        await server.Client().UnaryAsync(new EchoRequest());

        Assert.Equal(DateTime.MaxValue, seen);
    }

    [Fact]
    public async Task A_deadline_already_past_never_reaches_the_server()
    {
        var entered = false;
        var echo = new EchoService
        {
            OnUnary = (_, _) =>
            {
                entered = true;
                return Task.FromResult(new EchoReply());
            },
        };
        await using var server = await TestServer.StartAsync(echo);

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client().UnaryAsync(new EchoRequest(), deadline: DateTime.UtcNow.AddSeconds(-1)));

        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        Assert.False(entered);
    }

    [Fact]
    public async Task The_server_keeps_the_deadline_of_a_client_that_does_not()
    {
        var echo = new EchoService { OnUnary = (_, context) => Hang(context) };
        await using var server = await TestServer.StartAsync(echo);
        using var raw = new RawHttp2(server.Address);

        var response = await raw.SendAsync(
            "/orchestrator.tests.Echo/Unary", [0, 0, 0, 0, 0], ("grpc-timeout", "50m")).Soon();

        Assert.Equal("4", response.Status);
    }

    [Fact]
    public async Task A_deadline_years_away_is_no_error()
    {
        await using var server = await TestServer.StartAsync(new EchoService());

        var reply = await server.Client().UnaryAsync(
            new EchoRequest { Text = "a" }, deadline: DateTime.UtcNow.AddYears(50));

        Assert.Equal("a", reply.Text);
    }
}
