using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Model;
using Orchestrator.Registry;
using Orchestrator.Security;

namespace Orchestrator.Daemon.Clustering;

/// <summary>Serves a manager's registry on port 5000 to the nodes of its cluster.</summary>
internal static class RegistryServer
{
    public static async Task<WebApplication> StartAsync(
        ImageRegistry registry, string address, IdentitySource identity, Func<NodeId, bool> isRemoved,
        TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore().AddSingleton(loggers);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null; // Layers are as large as they are.
            kestrel.Listen(IPAddress.Parse(address), ClusterRegistry.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseClusterTls(identity, time);
            });
        });
        var server = builder.Build();
        server.UseRouting();
        server.MapRegistry(registry, context => RightsOf(context, isRemoved));
        try
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw new UserException(
                ErrorCode.FailedPrecondition,
                $"the registry cannot listen on {address}:{ClusterRegistry.Port}: {e.Message}",
                "Free the port: a manager serves the cluster's images there.", e);
        }
    }

    /// <summary>The handshake has seen to it that a certificate, if there is one, is of this cluster.</summary>
    private static RegistryRights RightsOf(HttpContext context, Func<NodeId, bool> isRemoved) =>
        context.Connection.ClientCertificate is not { } certificate || PeerIdentity.Read(certificate) is not { } peer
            || isRemoved(peer.Id)
            ? RegistryRights.None
            : peer.Role == NodeRole.Manager
                ? RegistryRights.Pull | RegistryRights.Push | RegistryRights.Peer
                : RegistryRights.Pull | RegistryRights.Push;
}
