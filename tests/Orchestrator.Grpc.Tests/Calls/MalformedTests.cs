using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Orchestrator.Grpc.Tests.Protos;

namespace Orchestrator.Grpc.Tests.Calls;

public sealed class MalformedTests
{
    private const string Unary = "/orchestrator.tests.Echo/Unary";

    [Theory]
    [InlineData("", "13")] // No message.
    [InlineData("00", "13")] // A torn header.
    [InlineData("0000000005", "13")] // A torn message.
    [InlineData("000000000000000000", "13")] // A message and a torn header.
    [InlineData("00000000000000000000", "13")] // Two messages.
    [InlineData("0000000001ff", "13")] // Not protobuf.
    [InlineData("0200000000", "13")] // An unknown flag.
    [InlineData("0100000000", "13")] // Compressed with nothing.
    [InlineData("00ffffffff", "8")] // Four gibibytes announced.
    [InlineData("0080000000", "8")]
    public async Task A_body_that_is_no_message_is_refused(string hex, string status)
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        using var raw = new RawHttp2(server.Address);

        var response = await raw.SendAsync(Unary, Convert.FromHexString(hex)).Soon();

        Assert.Equal(status, response.Status);
    }

    [Fact]
    public async Task Bytes_that_are_no_gzip_are_refused()
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        using var raw = new RawHttp2(server.Address);

        var response = await raw.SendAsync(Unary, [1, 0, 0, 0, 3, 1, 2, 3], ("grpc-encoding", "gzip"));

        Assert.Equal("13", response.Status);
    }

    [Theory]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc-web", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc+proto", HttpStatusCode.OK)]
    public async Task Only_grpc_is_taken(string contentType, HttpStatusCode code)
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        using var raw = new RawHttp2(server.Address);

        Assert.Equal(code, (await raw.SendAsync(Unary, [0, 0, 0, 0, 0], ("content-type", contentType))).Code);
    }

    [Fact]
    public async Task The_server_answers_any_bytes_with_a_status_and_lives_on()
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        using var raw = new RawHttp2(server.Address);

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200),
            Prop.ForAll<byte[], bool>((body, gzip) =>
            {
                (string, string)[] headers = gzip ? [("grpc-encoding", "gzip")] : [];
                return raw.SendAsync(Unary, body ?? [], headers).Soon().GetAwaiter().GetResult().Status is not null;
            }));

        Assert.Equal("a", (await server.Client().UnaryAsync(new EchoRequest { Text = "a" })).Text);
    }

    [Fact]
    public async Task The_client_turns_any_bytes_into_a_status_or_messages()
    {
        byte[] body = [];
        await using var server = await TestServer.StartAsync(app => app.MapPostBytes(Echo.Descriptor.FullName, () => body));
        var client = server.Client();

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200),
            Prop.ForAll<byte[]>(bytes =>
            {
                body = bytes ?? [];
                using var call = client.ServerStream(new EchoRequest());
                var failure = Record.Exception(() =>
                {
                    while (call.ResponseStream.MoveNext().Soon().GetAwaiter().GetResult())
                        continue;
                });
                return failure is null or RpcException { StatusCode: StatusCode.Internal or StatusCode.ResourceExhausted };
            }));
    }

    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(418, StatusCode.Unknown)]
    public async Task An_HTTP_error_of_something_between_has_a_status(int code, StatusCode expected)
    {
        await using var server = await TestServer.StartAsync(app => ((IApplicationBuilder)app).Run(http =>
        {
            http.Response.StatusCode = code;
            return Task.CompletedTask;
        }));

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client().UnaryAsync(new EchoRequest()));

        Assert.Equal(expected, failure.StatusCode);
    }

    [Fact]
    public async Task A_page_that_is_no_grpc_is_named_by_its_type()
    {
        await using var server = await TestServer.StartAsync(app => ((IApplicationBuilder)app).Run(http =>
        {
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync("<h1>hello");
        }));

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client().UnaryAsync(new EchoRequest()));

        Assert.Contains("text/html", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x7, StatusCode.Unavailable)]
    [InlineData(0x8, StatusCode.Cancelled)]
    [InlineData(0xb, StatusCode.ResourceExhausted)]
    [InlineData(0x2, StatusCode.Internal)]
    public async Task A_reset_stream_has_the_status_of_its_error_code(int http2Error, StatusCode expected)
    {
        await using var server = await TestServer.StartAsync(app => ((IApplicationBuilder)app).Run(async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.FlushAsync();
            http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResetFeature>()!.Reset(http2Error);
        }));

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client().UnaryAsync(new EchoRequest()));

        Assert.Equal(expected, failure.StatusCode);
    }
}
