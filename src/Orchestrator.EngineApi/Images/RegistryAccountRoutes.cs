using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.EngineApi.Http;
using Orchestrator.Model;

namespace Orchestrator.EngineApi.Images;

/// <summary>Who may log in to this node's registry. Routes of ours: docker has no registry.</summary>
internal sealed class RegistryAccountRoutes(EngineApiContext context)
{
    private IRegistryAccounts Accounts => context.RegistryAccounts
        ?? throw new UserException(ErrorCode.FailedPrecondition, "this node has no registry", "Ask a manager.");

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/registry/users", async http => await http.WriteJsonAsync(
            [.. await Accounts.ListAsync(http.RequestAborted)], Api.ApiJson.Wire.RegistryAccountArray));
        routes.MapPut("/registry/users/{name}", SaveAsync);
        routes.MapDelete("/registry/users/{name}", RemoveAsync);
    }

    private async Task SaveAsync(HttpContext http)
    {
        var account = await http.ReadJsonAsync(Api.ApiJson.Wire.RegistryAccount);
        await Accounts.SaveAsync(account with { Name = http.Route("name") }, http.RequestAborted);
        http.NoContent();
    }

    private async Task RemoveAsync(HttpContext http)
    {
        var name = http.Route("name");
        if (!await Accounts.RemoveAsync(name, http.RequestAborted))
        {
            throw new UserException(ErrorCode.NotFound, $"the registry has no user \"{name}\"",
                "List them with \"orch registry user ls\".");
        }

        http.NoContent();
    }
}
