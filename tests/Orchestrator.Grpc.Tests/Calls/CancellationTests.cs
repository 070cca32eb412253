using System.Threading.Channels;
using Grpc.Core;
using Orchestrator.Grpc.Tests.Protos;

namespace Orchestrator.Grpc.Tests.Calls;

public sealed class CancellationTests
{
    private readonly TaskCompletionSource _entered = new();
    private readonly TaskCompletionSource _cancelled = new();

    private async Task Hang(ServerCallContext context)
    {
        using var registration = context.CancellationToken.Register(_cancelled.SetResult);
        _entered.TrySetResult();
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
    }

    private EchoService Hanging() => new()
    {
        OnUnary = async (_, context) =>
        {
            await Hang(context);
            return new EchoReply();
        },
        OnDuplex = (_, _, context) => Hang(context),
    };

    [Fact]
    public async Task A_cancelled_call_cancels_its_handler()
    {
        await using var server = await TestServer.StartAsync(Hanging());
        using var cancel = new CancellationTokenSource();
        var call = server.Client().UnaryAsync(new EchoRequest(), cancellationToken: cancel.Token);
        await _entered.Task.Soon();

        await cancel.CancelAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.Soon());
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
        await _cancelled.Task.Soon();
    }

    [Fact]
    public async Task A_disposed_call_cancels_its_handler()
    {
        await using var server = await TestServer.StartAsync(Hanging());
        var call = server.Client().Duplex();
        await _entered.Task.Soon();

        call.Dispose();

        await _cancelled.Task.Soon();
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_cancelled_read_cancels_the_call()
    {
        await using var server = await TestServer.StartAsync(Hanging());
        using var call = server.Client().Duplex();
        await _entered.Task.Soon();
        using var cancel = new CancellationTokenSource();
        var read = call.ResponseStream.MoveNext(cancel.Token);

        await cancel.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => read.Soon())).StatusCode);
        await _cancelled.Task.Soon();
    }

    [Fact]
    public async Task A_handler_that_reads_sees_a_cancellation_and_no_error()
    {
        var seen = new TaskCompletionSource<(Exception, bool)>();
        var echo = new EchoService
        {
            OnDuplex = async (requests, _, context) =>
            {
                try
                {
                    await requests.MoveNext();
                    _entered.SetResult();
                    await requests.MoveNext(CancellationToken.None);
                }
                catch (Exception e)
                {
                    seen.SetResult((e, context.CancellationToken.IsCancellationRequested));
                    throw;
                }
            },
        };
        await using var server = await TestServer.StartAsync(echo);
        var call = server.Client().Duplex();
        await call.RequestStream.WriteAsync(new EchoRequest());
        await _entered.Task.Soon();

        call.Dispose();

        var (exception, cancelled) = await seen.Task.Soon();
        Assert.IsAssignableFrom<OperationCanceledException>(exception);
        Assert.True(cancelled);
    }

    [Fact]
    public async Task A_stream_that_is_dropped_never_looks_complete_to_the_server()
    {
        const int calls = 200;
        var ends = Channel.CreateUnbounded<bool>();
        var echo = new EchoService
        {
            OnDuplex = async (requests, replies, _) =>
            {
                try
                {
                    while (await requests.MoveNext(CancellationToken.None))
                        await replies.WriteAsync(new EchoReply());
                    ends.Writer.TryWrite(true);
                }
                catch (OperationCanceledException)
                {
                    ends.Writer.TryWrite(false);
                }
            },
        };
        await using var server = await TestServer.StartAsync(echo);
        var client = server.Client();

        for (var i = 0; i < calls; i++)
        {
            var call = client.Duplex();
            await call.RequestStream.WriteAsync(new EchoRequest());
            await call.ResponseStream.MoveNext(CancellationToken.None).Soon();
            call.Dispose();
        }

        for (var i = 0; i < calls; i++)
            Assert.False(await ends.Reader.ReadAsync().AsTask().Soon(), "a dropped stream looked complete");
    }

    [Fact]
    public async Task A_call_cancelled_beforehand_never_reaches_the_server()
    {
        await using var server = await TestServer.StartAsync(Hanging());

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client().UnaryAsync(new EchoRequest(), cancellationToken: new(canceled: true)));

        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
        Assert.False(_entered.Task.IsCompleted);
    }

    [Fact]
    public async Task A_channel_may_throw_what_cancellation_throws_elsewhere()
    {
        await using var server = await TestServer.StartAsync(Hanging());
        using var cancel = new CancellationTokenSource();
        var client = server.Client(options => options.ThrowOperationCanceledOnCancellation = true);
        var call = client.UnaryAsync(new EchoRequest(), cancellationToken: cancel.Token);
        await _entered.Task.Soon();

        await cancel.CancelAsync();

        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.ResponseAsync.Soon());
        Assert.Equal(cancel.Token, failure.CancellationToken);
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_calls_as_unavailable_or_cancelled()
    {
        var server = await TestServer.StartAsync(new EchoService { OnDuplex = (_, _, context) => HangUncancelled(context) });
        using var call = server.Client(options => options.HttpHandler = new SocketsHttpHandler()).Duplex();
        var read = call.ResponseStream.MoveNext();
        await _entered.Task.Soon();

        await server.DisposeAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(() => read.Soon());
        Assert.Contains(failure.StatusCode, (StatusCode[])[StatusCode.Unavailable, StatusCode.Cancelled]);
    }

    private Task HangUncancelled(ServerCallContext context)
    {
        _entered.TrySetResult();
        return Task.Delay(Timeout.Infinite, context.CancellationToken);
    }
}
