using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Http;
using Orchestrator.Images;

namespace Orchestrator.EngineApi.Images;

/// <summary>Questions that the daemon puts to a registry for its client: a login, a search.</summary>
internal sealed class RegistryRoutes(EngineApiContext context)
{
    private const int DefaultHits = 25, MostHits = 100;

    private readonly ImageService images = context.Engine.Images;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/auth", LogInAsync);
        routes.MapGet("/images/search", SearchAsync);
    }

    private async Task LogInAsync(HttpContext http)
    {
        var login = await http.ReadJsonAsync(Api.ApiJson.Wire.AuthConfig);
        try
        {
            await images.LogInAsync(
                login.ServerAddress ?? "", RegistryAuth.Of(login) ?? new RegistryCredentials(), http.RequestAborted);
        }
        catch (ImageException e) when (e.Error == ImageError.Denied)
        {
            await ApiErrors.AnswerAsync(http, StatusCodes.Status401Unauthorized, e.Message);
            return;
        }

        await http.WriteJsonAsync(
            new Api.AuthResponse { Status = "Login Succeeded" }, Api.ApiJson.Wire.AuthResponse);
    }

    private async Task SearchAsync(HttpContext http)
    {
        var term = http.Query("term");
        if (term.Trim().Length == 0)
            throw EngineException.Invalid("name a word to search for");
        var limit = http.Number("limit") is { } number and not 0 ? number : DefaultHits;
        if (limit is < 1 or > MostHits)
            throw EngineException.Invalid($"limit {limit} is outside the range of [1, {MostHits}]");
        var filters = http.Filters("is-official", "is-automated", "stars");
        var hits = await images.SearchAsync(term, limit, RegistryAuth.Read(http), http.RequestAborted);
        await http.WriteJsonAsync(
            [.. hits.Where(hit => Matches(filters, hit)).Select(View)], Api.ApiJson.Wire.SearchResultArray);
    }

    private static bool Matches(Api.Filters filters, SearchHit hit) =>
        filters["is-official"].All(value => hit.IsOfficial == Truth("is-official", value))
        && filters["is-automated"].All(value => hit.IsAutomated == Truth("is-automated", value))
        && filters["stars"].All(value => hit.Stars >= Stars(value));

    private static bool Truth(string key, string value) => value switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => throw EngineException.Invalid($"invalid filter '{key}={value}': use true or false"),
    };

    private static int Stars(string value) => int.TryParse(value, out var stars) ? stars
        : throw EngineException.Invalid($"invalid filter 'stars={value}': it is not a number");

    private static Api.SearchResult View(SearchHit hit) => new()
    {
        Name = hit.Name,
        Description = hit.Description ?? "",
        StarCount = hit.Stars,
        IsOfficial = hit.IsOfficial,
        IsAutomated = hit.IsAutomated,
    };
}
