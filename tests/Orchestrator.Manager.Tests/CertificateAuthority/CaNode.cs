using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Manager.CertificateAuthority;
using Orchestrator.Model;
using Orchestrator.Security;
using Orchestrator.Store;
using CaServices = Orchestrator.Protocol.V1;

namespace Orchestrator.Manager.Tests.CertificateAuthority;

/// <summary>A manager's port with the certificate services, mutual TLS and all.</summary>
internal sealed class CaNode : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly List<GrpcChannel> channels = [];

    private CaNode(WebApplication app) => this.app = app;

    public string Address => new Uri(app.Urls.Single()).Authority;

    public static async Task<CaNode> StartAsync(IdentitySource identity, ObjectStore store)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.UseClusterTls(identity, TimeProvider.System);
            }));
        builder.Services.AddGrpc();
        var app = builder.Build();
        var node = new CaNode(app);
        var authorizer = new PeerAuthorizer(
            identity, id => store.View().Clusters.All.Any(c => c.BlacklistedCertificates.ContainsKey(id.Value)));
        app.MapGrpcService(CaServices.CertificateAuthority.BindService(new CertificateAuthorityService(store)));
        app.MapGrpcService(CaServices.NodeCertificates.BindService(new NodeCertificatesService(
            store, authorizer, address => node.ChannelTo(address, identity), TimeProvider.System)));
        await app.StartAsync();
        return node;
    }

    /// <summary>What a joining or renewing node calls this manager with.</summary>
    public ClusterJoin Join() => new(handler => new CaClient(Address, handler), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in channels)
            channel.Dispose();
        await app.DisposeAsync();
    }

    private CallInvoker ChannelTo(string address, IdentitySource identity)
    {
        var channel = GrpcChannel.ForAddress($"https://{address}", new GrpcChannelOptions
        {
            HttpHandler = ClusterHandlers.Mutual(identity, TimeProvider.System, NodeRole.Manager),
            DisposeHttpClient = true,
        });
        channels.Add(channel);
        return channel.CreateCallInvoker();
    }
}
