using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Orchestrator.Ingress.Routing;

/// <summary>A client's request as routes are to see it, and tasks.</summary>
internal static class ClientRequest
{
    private const string RealIp = "X-Real-IP";

    /// <summary>What programs believe of a proxy before them: who asks, for what, and by which way. Of a client it would be
    /// believed as well.</summary>
    private static readonly FrozenSet<string> OfProxies = FrozenSet.ToFrozenSet(
        [
            "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Proto",
            "X-Forwarded-Protocol", "X-Forwarded-Scheme", "X-Forwarded-Ssl", "X-Forwarded-By", "X-Forwarded-Server",
            "X-Forwarded-Method", "X-Forwarded-Path", "X-Forwarded-Uri", "X-Forwarded-User", "X-Forwarded-Email",
            "X-Forwarded-Groups", "X-Forwarded-Preferred-Username", "X-Forwarded-Access-Token", "X-Forwarded-Client-Cert",
            "X-Forwarded-Tls-Client-Cert", "X-Forwarded-Tls-Client-Cert-Info",
            "X-Original-For", "X-Original-Forwarded-For", "X-Original-Host", "X-Original-Method", "X-Original-Prefix",
            "X-Original-Proto", "X-Original-Uri", "X-Original-Url", "X-Rewrite-Url",
            RealIp, "X-Client-IP", "X-Cluster-Client-IP", "Client-IP", "True-Client-IP",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Done before a route is looked for.</summary>
    public static void Prepare(HttpContext context)
    {
        var (request, connection) = (context.Request, context.Connection);
        if (connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped)
            connection.RemoteIpAddress = mapped.MapToIPv4();
        request.Host = WithoutRoot(request.Host);
        foreach (var claim in request.Headers.Keys.Where(IsOfProxies).ToList())
            request.Headers.Remove(claim);
        if (connection.RemoteIpAddress is { } client)
            request.Headers[RealIp] = client.ToString(); // X-Forwarded-For and its like are put in as the request goes on.
        // Kestrel decodes the slashes of this form of a target; of the other it does not.
        if (TargetOf(context) is ['h' or 'H', ..] target && RawPath.Of(target) is { } path)
            request.Path = RawPath.Decoded(path);
    }

    /// <summary>Path and query as the client wrote them, for whoever is asked next.</summary>
    public static string PathAndQuery(HttpContext context) =>
        (RawPath.Of(TargetOf(context)) ?? "/") + context.Request.QueryString;

    /// <summary>A name may end in the dot of the root of all names; it is the same name.</summary>
    internal static HostString WithoutRoot(HostString host)
    {
        if (host.Host is not [.. { Length: > 0 } name, '.'])
            return host;
        return host.Port is { } port ? new HostString(name, port) : new HostString(name);
    }

    /// <remarks>CGI and its like make the same variable of a dash and an underscore, so that the client's word would
    /// stand with ours, or in its place.</remarks>
    internal static bool IsOfProxies(string header) => OfProxies.Contains(header.Replace('_', '-'));

    private static string TargetOf(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
}
