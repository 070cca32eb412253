using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

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
}
