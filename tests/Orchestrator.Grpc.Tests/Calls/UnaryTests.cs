using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Grpc.Tests.Protos;

namespace Orchestrator.Grpc.Tests.Calls;

public sealed class UnaryTests
{
    [Fact]
    public async Task A_request_comes_back_as_its_reply()
    {
        await using var server = await TestServer.StartAsync(new EchoService());

        var reply = await server.Client().UnaryAsync(new EchoRequest { Text = "grüße" });

        Assert.Equal("grüße", reply.Text);
    }

    [Fact]
    public async Task A_blocking_call_returns_the_reply()
    {
        await using var server = await TestServer.StartAsync(new EchoService());

        Assert.Equal("a", server.Client().Unary(new EchoRequest { Text = "a" }).Text);
    }

    [Fact]
    public async Task An_empty_message_is_a_message()
    {
        await using var server = await TestServer.StartAsync(new EchoService());

        Assert.Equal(new EchoReply(), await server.Client().UnaryAsync(new EchoRequest()));
    }

    [Fact]
    public async Task A_method_left_to_the_generated_base_is_unimplemented()
    {
        await using var server = await TestServer.StartAsync(new EchoService());

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client().MissingAsync(new EchoRequest()));

        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
    }

    [Fact]
    public async Task A_service_nobody_mapped_is_unimplemented_and_named()
    {
        await using var server = await TestServer.StartAsync(
            app => Microsoft.AspNetCore.Builder.GrpcEndpointRouteBuilderExtensions.MapGrpcService(app, RawService.Bind()));

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client().UnaryAsync(new EchoRequest()));

        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
        Assert.Contains("/orchestrator.tests.Echo/Unary", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thousand_calls_at_once_get_each_its_own_reply()
    {
        await using var server = await TestServer.StartAsync(new EchoService());
        var client = server.Client();

        var replies = await Task.WhenAll(Enumerable.Range(0, 1000).Select(
            async i => (await client.UnaryAsync(new EchoRequest { Text = $"{i}" })).Text)).Soon();

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"{i}"), replies);
    }

    [Fact]
    public async Task A_service_not_in_DI_is_made_for_each_call()
    {
        await using var server = await TestServer.StartAsync(
            app => Microsoft.AspNetCore.Builder.GrpcEndpointRouteBuilderExtensions.MapGrpcService<CountedService>(app));
        var before = CountedService.Disposed;

        await server.Client().UnaryAsync(new EchoRequest());
        await server.Client().UnaryAsync(new EchoRequest());

        Assert.Equal(before + 2, CountedService.Disposed);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        string address;
        await using (var server = await TestServer.StartAsync(new EchoService()))
            address = server.Address;
        using var channel = global::Grpc.Net.Client.GrpcChannel.ForAddress(address);

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await new Echo.EchoClient(channel).UnaryAsync(new EchoRequest()));

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.Contains("refused", failure.Status.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_host_a_client_names_reaches_the_handler()
    {
        var echo = new EchoService { OnUnary = (_, context) => Task.FromResult(new EchoReply { Text = context.Host }) };
        await using var server = await TestServer.StartAsync(echo);

        var reply = await server.Client().WithHost("other.example").UnaryAsync(new EchoRequest());

        Assert.Equal("other.example", reply.Text);
    }

    public sealed class CountedService : Echo.EchoBase, IDisposable
    {
        private static int _disposed;

        public static int Disposed => Volatile.Read(ref _disposed);

        public override Task<EchoReply> Unary(EchoRequest request, ServerCallContext context) =>
            Task.FromResult(new EchoReply());

        public void Dispose() => Interlocked.Increment(ref _disposed);
    }
}
