using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Orchestrator.Registry.Upstream;

namespace Orchestrator.Registry.Requests;

/// <summary>Puts the registry behind <c>/v2/</c> of a web server.</summary>
public static class RegistryMapping
{
    /// <param name="registry">Asked for each request; null: there is none yet, and the answer is 503.</param>
    /// <param name="cache">Answers for the names it covers; null: there is none.</param>
    /// <param name="authorize">Decides what each caller may do; see <see cref="RegistryRights"/>.</param>
    public static IEndpointConventionBuilder MapRegistry(
        this IEndpointRouteBuilder endpoints, Func<ImageRegistry?> registry, RegistryAuthorizer authorize,
        PullThroughCache? cache = null)
    {
        return endpoints.Map("/v2/{**path}", (HttpContext context) => registry() is { } current
            ? new RegistryRequests(current, authorize, cache).HandleAsync(
                context, (string?)context.Request.RouteValues["path"] ?? "")
            : RegistryRequests.AnswerNotYetAsync(context));
    }

    /// <summary>Blobs may be as large as they are, and their readers as slow: Kestrel gives each piece of half a megabyte five
    /// seconds, which a line of a megabit does not keep. Who takes none within a minute is gone.</summary>
    public static void ServeBlobs(this KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = null;
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromMinutes(1));
    }

    /// <summary>Has blobs sent by the kernel, on a listener in plain HTTP/1.1.</summary>
    /// <remarks>Its transport must have <see cref="FileSender.BufferBytes"/> as the limit of what it holds back.</remarks>
    public static ListenOptions UseFileSending(this ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(FileSender.Use);
        return listen;
    }
}
