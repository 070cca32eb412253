using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Orchestrator.Ingress.Routing;

/// <summary>A client's request as routes are to see it, and tasks.</summary>
internal static class ClientRequest
{
    /// <summary>What a task believes of the proxy before it.</summary>
    private static readonly FrozenSet<string> OfProxies = FrozenSet.ToFrozenSet(
        ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Real-IP"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Done before a route is looked for.</summary>
    public static void Prepare(HttpContext context)
    {
        var (request, connection) = (context.Request, context.Connection);
        if (connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped)
            connection.RemoteIpAddress = mapped.MapToIPv4();
        request.Host = WithoutRoot(request.Host);
        foreach (var twin in request.Headers.Keys.Where(IsTwin).ToList())
            request.Headers.Remove(twin);
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

    /// <summary>CGI and its like make the same variable of a dash and an underscore, so that the client's word would
    /// stand with ours, or in its place.</summary>
    internal static bool IsTwin(string header) =>
        header.Contains('_', StringComparison.Ordinal) && OfProxies.Contains(header.Replace('_', '-'));

    private static string TargetOf(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
}
