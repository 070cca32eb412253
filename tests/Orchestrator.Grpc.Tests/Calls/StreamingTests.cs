using Google.Protobuf;
using Grpc.Core;
using Orchestrator.Grpc.Tests.Protos;

namespace Orchestrator.Grpc.Tests.Calls;

public sealed class StreamingTests
{
    [Fact]
    public async Task Replies_arrive_whole_and_in_order()
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        using var call = server.Client().ServerStream(new EchoRequest { Count = 500, Text = "x" });

        var indexes = new List<int>();
        await foreach (var reply in call.ResponseStream.ReadAllAsync())
            indexes.Add(reply.Index);

        Assert.Equal(Enumerable.Range(0, 500), indexes);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_stream_of_no_replies_ends_well()
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        using var call = server.Client().ServerStream(new EchoRequest { Count = 0 });

        Assert.False(await call.ResponseStream.MoveNext());
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Requests_are_gathered_into_one_reply()
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        using var call = server.Client().ClientStream();

        foreach (var text in (string[])["a", "b", "c"])
            await call.RequestStream.WriteAsync(new EchoRequest { Text = text });
        await call.RequestStream.CompleteAsync();

        Assert.Equal("abc", (await call).Text);
    }

    [Fact]
    public async Task A_stream_of_no_requests_gets_its_reply()
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        using var call = server.Client().ClientStream();

        await call.RequestStream.CompleteAsync();

        Assert.Equal(0, (await call).Index);
    }

    [Fact]
    public async Task A_reply_arrives_before_the_next_request_is_sent()
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        using var call = server.Client().Duplex();

        for (var i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}" });
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).Soon());
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Messages_larger_than_every_window_pass_both_ways()
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        using var call = server.Client().Duplex();
        var payload = ByteString.CopyFrom([.. Enumerable.Range(0, 3_000_000).Select(i => (byte)(i * 31))]);

        for (var i = 0; i < 3; i++)
        {
            var write = call.RequestStream.WriteAsync(new EchoRequest { Payload = payload });
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).Soon());
            await write;
            Assert.Equal(payload, call.ResponseStream.Current.Payload);
        }
    }

    [Fact]
    public async Task Hinted_messages_wait_for_the_one_that_is_not()
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        using var call = server.Client().Duplex();

        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
        for (var i = 0; i < 9; i++)
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}" });
        call.RequestStream.WriteOptions = null;
        await call.RequestStream.WriteAsync(new EchoRequest { Text = "9" });

        for (var i = 0; i < 10; i++)
        {
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).Soon());
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
        }
    }

    [Fact]
    public async Task The_server_hears_of_a_stream_before_its_first_request()
    {
        await using var server = await TestServer.StartAsync(new EchoService
        {
            OnDuplex = (_, replies, _) => replies.WriteAsync(new EchoReply { Text = "welcome" }),
        });
        var client = server.Client();
        await client.UnaryAsync(new EchoRequest()); // The connection is quiet now: nothing else pushes the headers out.
        using var call = client.Duplex();

        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).Soon());

        Assert.Equal("welcome", call.ResponseStream.Current.Text);
    }

    [Fact]
    public async Task A_server_may_end_a_stream_the_client_still_writes()
    {
        var echo = new EchoService { OnDuplex = (_, _, _) => throw new RpcException(new(StatusCode.Aborted, "enough")) };
        await using var server = await TestServer.StartAsync(echo);
        using var call = server.Client().Duplex();

        var failure = await Assert.ThrowsAsync<RpcException>(
            () => call.ResponseStream.MoveNext(CancellationToken.None).Soon());

        Assert.Equal(StatusCode.Aborted, failure.StatusCode);
        var write = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new EchoRequest()));
        Assert.Equal(StatusCode.Aborted, write.StatusCode);
    }

    [Fact]
    public async Task A_second_write_before_the_first_is_done_is_refused()
    {
        var hold = new TaskCompletionSource();
        var echo = new EchoService { OnDuplex = (_, _, _) => hold.Task };
        await using var server = await TestServer.StartAsync(echo);
        using var call = server.Client().Duplex();
        var large = new EchoRequest { Payload = ByteString.CopyFrom(new byte[4_000_000]) };

        var first = call.RequestStream.WriteAsync(large);

        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(large));
        hold.SetResult();
        await Assert.ThrowsAsync<RpcException>(() => first.Soon());
    }

    [Fact]
    public async Task Nothing_is_written_after_the_last_request()
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        using var call = server.Client().Duplex();

        await call.RequestStream.CompleteAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new EchoRequest()));
    }
}
