using System.Net.Sockets;
using Orchestrator.Ingress.Relaying;
using Yarp.ReverseProxy.Forwarder;

namespace Orchestrator.Ingress.Routing;

/// <summary>HTTP to tasks, over connections that notice when a host is gone.</summary>
internal sealed class TaskClients : ForwarderHttpClientFactory
{
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ConnectCallback = static async (to, cancellationToken) => new NetworkStream(
            await Upstream.ConnectAsync(to.DnsEndPoint, cancellationToken), ownsSocket: true);
    }
}
