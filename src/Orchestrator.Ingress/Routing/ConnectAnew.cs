using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Orchestrator.Ingress.Routing;

/// <summary>
/// A request that a task took no connection for goes to another one. Nothing of it was sent by then, so that it is not
/// done twice, whatever it asks for; one that was sent, even in part, is the client's to repeat.
/// </summary>
internal static class ConnectAnew
{
    /// <summary>Tasks that are tried; more would have the client wait longer than it would to ask again.</summary>
    private const int Tries = 3;

    public static void Use(IApplicationBuilder pipeline) => pipeline.Use(async (context, next) =>
    {
        var feature = context.GetReverseProxyFeature();
        var all = feature.AvailableDestinations;
        var left = all.ToList();
        for (var attempt = 1; ; attempt++)
        {
            feature.AvailableDestinations = left;
            await next(context);
            left = [.. left.Where(d => d != feature.ProxiedDestination)];
            if (attempt == Tries || left.Count == 0 || !WasNotConnected(context))
                return;
            StartOver(context);
        }
    });

    private static bool WasNotConnected(HttpContext context) => !context.Response.HasStarted
        && context.GetForwarderErrorFeature()?.Exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError, InnerException: SocketException or OperationCanceledException
        };

    /// <summary>As the request was before YARP answered for the task.</summary>
    private static void StartOver(HttpContext context)
    {
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Response.Clear();
    }
}
