using System.Net;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Security.Tests.Tls;

/// <summary>A node's port with two methods: one for managers, one for anybody. Each answers who it thinks is calling.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    public static readonly Method<string, string> ForManagers = Make("ForManagers");
    public static readonly Method<string, string> ForAnyone = Make("ForAnyone");

    private readonly WebApplication _app;

    private TestNode(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => IPEndPoint.Parse(new Uri(_app.Urls.Single()).Authority);

    public static Task<TestNode> StartAsync(IdentitySource identity, params string[] removed) =>
        StartAsync(identity, maxStrangers: null, removed);

    public static async Task<TestNode> StartAsync(IdentitySource identity, int? maxStrangers, params string[] removed)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.UseClusterTls(identity, TimeProvider.System, maxStrangers);
            }));
        builder.Services.AddGrpc();
        var app = builder.Build();
        var authorizer = new PeerAuthorizer(identity, id => removed.Contains(id.Value));
        app.MapGrpcService(ServerServiceDefinition.CreateBuilder()
            .AddMethod(ForManagers, (string _, ServerCallContext context) =>
                Task.FromResult(authorizer.Authorize(context, NodeRole.Manager).Id.Value))
            .AddMethod(ForAnyone, (string _, ServerCallContext context) =>
                Task.FromResult(authorizer.TryAuthenticate(context)?.Id.Value ?? "nobody"))
            .Build());
        await app.StartAsync();
        return new TestNode(app);
    }

    /// <summary>Calls through a handler, on a connection of its own.</summary>
    public async Task<string> CallAsync(Method<string, string> method, SocketsHttpHandler handler, Metadata? headers = null)
    {
        using var channel = Channel(handler);
        return await CallAsync(method, channel, headers);
    }

    /// <summary>A connection that stays until the channel is disposed.</summary>
    public GrpcChannel Channel(SocketsHttpHandler handler) => GrpcChannel.ForAddress(
        _app.Urls.Single(), new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });

    public static async Task<string> CallAsync(Method<string, string> method, GrpcChannel channel, Metadata? headers = null) =>
        await channel.CreateCallInvoker()
            .AsyncUnaryCall(method, null, new CallOptions(headers, DateTime.UtcNow.AddSeconds(20)), "");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Method<string, string> Make(string name)
    {
        var text = Marshallers.Create(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString);
        return new Method<string, string>(MethodType.Unary, "test.Node", name, text, text);
    }
}
