using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Orchestrator.Ingress.Routing;

/// <summary>A client's request as routes are to see it, and tasks.</summary>
internal static class ClientRequest
{
    /// <summary>Done before a route is looked for.</summary>
    public static void Prepare(HttpContext context)
    {
        var (request, connection) = (context.Request, context.Connection);
        if (connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped)
            connection.RemoteIpAddress = mapped.MapToIPv4();
        // Kestrel decodes the slashes of this form of a target; of the other it does not.
        if (TargetOf(context) is ['h' or 'H', ..] target && RawPath.Of(target) is { } path)
            request.Path = RawPath.Decoded(path);
    }

    /// <summary>Path and query as the client wrote them, for whoever is asked next.</summary>
    public static string PathAndQuery(HttpContext context) =>
        (RawPath.Of(TargetOf(context)) ?? "/") + context.Request.QueryString;

    private static string TargetOf(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
}
