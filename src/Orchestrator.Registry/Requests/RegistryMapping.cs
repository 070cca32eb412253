using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Orchestrator.Registry.Requests;

/// <summary>Puts the registry behind <c>/v2/</c> of a web server.</summary>
public static class RegistryMapping
{
    /// <param name="authorize">Decides what each caller may do; see <see cref="RegistryRights"/>.</param>
    public static IEndpointConventionBuilder MapRegistry(
        this IEndpointRouteBuilder endpoints, ImageRegistry registry, RegistryAuthorizer authorize)
    {
        var requests = new RegistryRequests(registry, authorize);
        return endpoints.Map("/v2/{**path}", (HttpContext context) =>
            requests.HandleAsync(context, (string?)context.Request.RouteValues["path"] ?? ""));
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
