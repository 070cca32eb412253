using System.Diagnostics;
using System.Globalization;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;

namespace Orchestrator.Grpc.Tests.Interop;

/// <summary>Our client against a server of another language.</summary>
public abstract class ForeignServerTests(string script) : IAsyncLifetime
{
    private Process? _server;
    private GrpcChannel? _channel;
    private string _address = "";

    private CallInvoker Invoker => _channel!.CreateCallInvoker();

    public async Task InitializeAsync()
    {
        _server = await Foreign.StartAsync(script);
        var port = await _server.StandardOutput.ReadLineAsync().Soon();
        _address = $"http://127.0.0.1:{port}";
        _channel = GrpcChannel.ForAddress(_address);
    }

    public async Task DisposeAsync()
    {
        _channel!.Dispose();
        _server!.StandardInput.Close();
        await _server.WaitForExitAsync().Soon();
        _server.Dispose();
    }

    [Fact]
    public async Task A_request_comes_back_as_its_reply()
    {
        foreach (var size in (int[])[0, 1, 100_000, 3_000_000])
            Assert.Equal(new byte[size], await Unary(new byte[size]).ResponseAsync.Soon());
    }

    [Fact]
    public async Task A_reply_above_our_limit_is_refused_and_the_connection_goes_on()
    {
        using var narrow = GrpcChannel.ForAddress(_address, new GrpcChannelOptions { MaxReceiveMessageSize = 1000 });
        var invoker = narrow.CreateCallInvoker();

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await invoker.AsyncUnaryCall(RawService.UnaryMethod, null, new CallOptions(), new byte[1001]));

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.Equal(
            new byte[1000], await invoker.AsyncUnaryCall(RawService.UnaryMethod, null, new CallOptions(), new byte[1000]));
    }

    [Fact]
    public async Task Metadata_comes_back_in_headers_and_trailers()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        using var call = Unary([], new Metadata { { "x-echo", "text, with" }, { "x-echo-bin", bytes } });

        var headers = await call.ResponseHeadersAsync.Soon();
        await call;

        foreach (var metadata in (Metadata[])[headers, call.GetTrailers()])
        {
            Assert.Equal("text, with", metadata.GetValue("x-echo"));
            Assert.Equal(bytes, metadata.GetValueBytes("x-echo-bin"));
        }
    }

    [Fact]
    public async Task Status_words_and_details_arrive()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await Unary([], new Metadata { { "x-fail", "5" } }));

        Assert.Equal(new Status(StatusCode.NotFound, "näh: 100%\nline"), failure.Status);
        Assert.Equal([8, 5, 255, 0], failure.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Equal("asked", failure.Trailers.GetValue("x-why"));
    }

    [Fact]
    public async Task A_method_that_is_not_there_is_unimplemented()
    {
        var method = RawService.UnaryMethod;
        var missing = new Method<byte[], byte[]>(
            MethodType.Unary, RawService.Name, "No", method.RequestMarshaller, method.ResponseMarshaller);

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await Invoker.AsyncUnaryCall(missing, null, new CallOptions(), []));

        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public async Task A_stream_of_replies_arrives_whole(int count)
    {
        using var call = Invoker.AsyncServerStreamingCall(
            RawService.ServerStreamMethod, null, new CallOptions(), Ascii(count));

        var replies = new List<byte[]>();
        await foreach (var reply in call.ResponseStream.ReadAllAsync())
            replies.Add(reply);

        Assert.Equal(Enumerable.Range(0, count).Select(Ascii), replies);
    }

    [Fact]
    public async Task A_stream_of_requests_arrives_whole()
    {
        using var call = Invoker.AsyncClientStreamingCall(RawService.ClientStreamMethod, null, new CallOptions());

        for (var i = 0; i < 10; i++)
            await call.RequestStream.WriteAsync(Ascii(i));
        await call.RequestStream.CompleteAsync();

        Assert.Equal("0123456789", Encoding.ASCII.GetString(await call.ResponseAsync.Soon()));
    }

    [Fact]
    public async Task A_dialogue_goes_turn_by_turn()
    {
        using var call = Invoker.AsyncDuplexStreamingCall(RawService.DuplexMethod, null, new CallOptions());

        for (var i = 0; i < 100; i++)
        {
            var message = new byte[i * 1000];
            await call.RequestStream.WriteAsync(message);
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).Soon());
            Assert.Equal(message, call.ResponseStream.Current);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None).Soon());
    }

    [Fact]
    public async Task The_server_knows_the_deadline_and_the_client_keeps_it()
    {
        using var call = Unary([], deadline: DateTime.UtcNow.AddSeconds(20));
        await call;
        Assert.Equal("yes", call.GetTrailers().GetValue("x-has-deadline"));

        using var hang = Invoker.AsyncServerStreamingCall(
            RawService.HangMethod, null, new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(200)), Ascii(1));
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await hang.ResponseStream.MoveNext(CancellationToken.None).Soon())
                continue;
        });
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
    }

    [Fact]
    public async Task The_server_sees_a_cancellation()
    {
        using (var hang = Invoker.AsyncServerStreamingCall(RawService.HangMethod, null, new CallOptions(), Ascii(1)))
            Assert.True(await hang.ResponseStream.MoveNext(CancellationToken.None).Soon());

        var until = DateTime.UtcNow + Patience.Bound;
        while (Encoding.ASCII.GetString(await Invoker.AsyncUnaryCall(
            RawService.CancelledMethod, null, new CallOptions(), [])) == "0")
        {
            Assert.True(DateTime.UtcNow < until, "The server's handler was not cancelled.");
            await Task.Delay(10);
        }
    }

    [Fact]
    public async Task A_gzip_request_and_a_gzip_reply_are_understood()
    {
        var message = new byte[200_000];

        using var call = Unary(message, new Metadata { { "grpc-internal-encoding-request", "gzip" } });

        Assert.Equal(message, await call.ResponseAsync.Soon());
    }

    private static byte[] Ascii(int number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private AsyncUnaryCall<byte[]> Unary(byte[] request, Metadata? headers = null, DateTime? deadline = null) =>
        Invoker.AsyncUnaryCall(RawService.UnaryMethod, null, new CallOptions(headers, deadline), request);
}
