using System.Collections.Immutable;
using System.Net;
using Orchestrator.Network.Proxying;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Orchestrator.Ingress.Routing;

/// <summary>Routes as YARP wants them. Pure.</summary>
internal static class RouteTable
{
    /// <summary>What a route without TLS on its way is told to do instead of leading on.</summary>
    public const string Redirects = "redirects";

    /// <param name="isTls">For the port with TLS: routes with a certificate. Else the rest, and from those to it.</param>
    public static (ImmutableArray<RouteConfig> Routes, ImmutableArray<ClusterConfig> Clusters) Of(
        IEnumerable<ProxyRoute> routes, bool isTls)
    {
        var ordered = Ordered(routes.Where(r => !isTls || r.Certificate.Length > 0)).ToList();
        return (
            [.. ordered.Select((route, order) => Route(route, order, isTls))],
            [.. ordered.Select(Cluster)]);
    }

    /// <summary>The more a route says, the earlier it is asked: a name before a wildcard before any, then the longer
    /// path.</summary>
    public static IEnumerable<ProxyRoute> Ordered(IEnumerable<ProxyRoute> routes) => routes
        .OrderBy(r => r.Host.Length == 0 ? 2 : r.Host.StartsWith('*') ? 1 : 0)
        .ThenByDescending(r => r.Host.Length).ThenByDescending(r => r.Path.Length)
        .ThenBy(r => r.Host, StringComparer.Ordinal).ThenBy(r => r.Path, StringComparer.Ordinal);

    private static RouteConfig Route(ProxyRoute route, int order, bool isTls) => new()
    {
        RouteId = IdOf(route),
        ClusterId = IdOf(route),
        Order = order,
        Match = new RouteMatch
        {
            Hosts = route.Host.Length == 0 ? null : [route.Host],
            Path = route.Path.TrimEnd('/') + "/{**rest}",
        },
        Metadata = !isTls && route.Certificate.Length > 0
            ? new Dictionary<string, string> { [Redirects] = "https" } : null,
    };

    private static ClusterConfig Cluster(ProxyRoute route) => new()
    {
        ClusterId = IdOf(route),
        LoadBalancingPolicy = route.IsSticky ? ClientAffinity.PolicyName : "PowerOfTwoChoices",
        Destinations = route.Backends.ToDictionary(b => b, b => new DestinationConfig { Address = $"http://{b}/" }),
        // Two who say nothing to one another for long are no fault; a task that is gone is noticed otherwise.
        HttpRequest = new ForwarderRequestConfig
        {
            ActivityTimeout = TimeSpan.FromDays(1),
            // By prior knowledge: without TLS nobody can be asked.
            Version = route.IsHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = route.IsHttp2 ? HttpVersionPolicy.RequestVersionExact : HttpVersionPolicy.RequestVersionOrLower,
        },
    };

    private static string IdOf(ProxyRoute route) => $"{route.Host}{route.Path}";
}
