using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Model;
using Orchestrator.Registry;
using Orchestrator.Registry.Access;
using Orchestrator.Registry.Requests;
using Orchestrator.Registry.Upstream;
using Orchestrator.Security;

namespace Orchestrator.Daemon.Clustering;

/// <summary>
/// Serves a node's registry: a manager's on port 5000 to its cluster, and where it is configured in plain HTTP.
/// </summary>
internal static class RegistryServer
{
    private const int BufferBytes = 512 * 1024;

    /// <summary>To nodes, by their certificates, and to whoever logs in.</summary>
    public static Task<WebApplication> StartAsync(
        Func<ImageRegistry?> registry, string address, IdentitySource identity, Func<NodeId, bool> isRemoved,
        TimeProvider time, PullThroughCache? cache, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        StartAsync(registry, new IPEndPoint(IPAddress.Parse(address), ClusterRegistry.Port),
        listen => listen.UseClusterTls(identity, time), BufferBytes,
        (context, name) => RightsOf(context, isRemoved)
            ?? registry()?.Gate.RightsOf(context, name, isOpen: false) ?? RegistryRights.None,
        cache, loggers, cancellationToken);

    /// <summary>To clients that know no cluster: whoever logs in or, while there are no users, everybody.</summary>
    public static Task<WebApplication> StartPlainAsync(
        Func<ImageRegistry?> registry, IPEndPoint address, PullThroughCache? cache, ILoggerFactory loggers,
        CancellationToken cancellationToken) =>
        StartAsync(registry, address, listen => listen.UseFileSending(), FileSender.BufferBytes,
            (context, name) => registry()?.Gate.RightsOf(context, name, isOpen: true) ?? RegistryRights.None, cache,
            loggers, cancellationToken);

    private static async Task<WebApplication> StartAsync(
        Func<ImageRegistry?> registry, IPEndPoint address, Action<ListenOptions> secure, int bufferBytes,
        RegistryAuthorizer authorize, PullThroughCache? cache, ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(sockets => sockets.MaxWriteBufferSize = bufferBytes);
        builder.Services.AddRoutingCore().AddSingleton(loggers);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.ServeBlobs();
            kestrel.Limits.MaxResponseBufferSize = BufferBytes; // The next piece is read while the last one is sent.
            kestrel.Listen(address, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                secure(listen);
            });
        });
        var server = builder.Build();
        server.UseRouting();
        server.MapRegistry(registry, authorize, cache);
        try
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw new UserException(
                ErrorCode.FailedPrecondition, $"the registry cannot listen on {address}: {e.Message}",
                "Free the port: images are served there.", e);
        }
    }

    /// <summary>The handshake has seen to it that a certificate, if there is one, is of this cluster.</summary>
    /// <returns>Null: there is no certificate, so a login counts.</returns>
    private static RegistryRights? RightsOf(HttpContext context, Func<NodeId, bool> isRemoved) =>
        context.Connection.ClientCertificate is not { } certificate ? null
            : PeerIdentity.Read(certificate) is not { } peer || isRemoved(peer.Id) ? RegistryRights.None
            : peer.Role == NodeRole.Manager
                ? RegistryRights.Pull | RegistryRights.Push | RegistryRights.Peer
                : RegistryRights.Pull | RegistryRights.Push;
}
