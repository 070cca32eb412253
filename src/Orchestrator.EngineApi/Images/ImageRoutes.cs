using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Http;
using Orchestrator.Images;

namespace Orchestrator.EngineApi.Images;

/// <summary>The images that are here.</summary>
internal sealed class ImageRoutes(EngineApiContext context)
{
    private static readonly Version NamelessSince = new(1, 43);

    private readonly ContainerEngine engine = context.Engine;
    private readonly ImageService images = context.Engine.Images;
    private readonly ImageTransferRoutes transfers = new(context);

    private static Api.ApiJson Json => Api.ApiJson.Wire;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/images/json", ListAsync);
        routes.MapPost("/images/prune", PruneAsync);
        routes.MapGet("/distribution/{**path}", DistributionAsync);
        // Names have slashes, so the verb at the end of the path is found by hand.
        routes.MapGet("/images/{**path}", GetAsync);
        routes.MapPost("/images/{**path}", PostAsync);
        routes.MapDelete("/images/{**path}", RemoveAsync);
    }

    private Task GetAsync(HttpContext http) => Split(http) switch
    {
        (var name, "json") => http.WriteJsonAsync(ImageViews.Inspect(Find(http, name)), Json.ImageInspect),
        (var name, "history") => http.WriteJsonAsync(
            [.. images.History(Find(http, name).Id.ToString()).Select(ImageViews.History)], Json.ImageHistoryItemArray),
        (var name, "get") => transfers.SaveAsync(http, [name]),
        _ => NotHere.AnswerAsync(http),
    };

    private Image Find(HttpContext http, string name) => PlatformCheck.Check(http, name, images.Find(name));

    private Task PostAsync(HttpContext http) => Split(http) switch
    {
        (var name, "push") => transfers.PushAsync(http, name),
        (var name, "tag") => TagAsync(http, name),
        _ => NotHere.AnswerAsync(http),
    };

    private static (string Name, string Verb) Split(HttpContext http)
    {
        var path = http.Route("path");
        var slash = path.LastIndexOf('/');
        return slash < 0 ? (path, "") : (path[..slash], path[(slash + 1)..]);
    }

    private async Task ListAsync(HttpContext http)
    {
        var filters = http.Filters("before", "dangling", "label", "reference", "since", "until");
        var users = http.Flag("manifests")
            ? engine.List().ToLookup(record => record.ImageId, record => record.Id) : null;
        var shown = new List<Api.ImageSummary>();
        foreach (var image in images.List().Where(i => ImageFilter.Matches(filters, i, images, context.Time)))
        {
            var summary = ImageFilter.NamesOf(filters, ImageViews.Summary(image));
            if (http.ApiVersion() < NamelessSince)
                summary = ImageViews.Placeholders(summary);
            if (users is not null)
            {
                var content = await images.MeasureContentAsync(image, http.RequestAborted);
                summary.Manifests = [ImageViews.Manifest(image, content, users[summary.Id])];
            }

            shown.Add(summary);
        }

        await http.WriteJsonAsync([.. shown], Json.ImageSummaryArray);
    }

    private async Task TagAsync(HttpContext http, string name)
    {
        var (repository, tag) = (http.Query("repo"), http.Query("tag"));
        if (repository.Length == 0)
            throw EngineException.Invalid("repository name must have at least one component");
        await images.TagAsync(name, tag.Length == 0 ? repository : $"{repository}:{tag}", http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status201Created;
    }

    private async Task RemoveAsync(HttpContext http)
    {
        var options = new RemoveOptions
        {
            Force = http.Flag("force"),
            NoPrune = http.Flag("noprune"),
            UserOf = engine.UserOf,
        };
        var name = http.Route("path");
        PlatformCheck.Check(name, images.TryFind(name), [.. http.Request.Query["platforms"].OfType<string>()]);
        var gone = await images.RemoveAsync(name, options, http.RequestAborted);
        await http.WriteJsonAsync([.. gone.Select(ImageViews.Deletion)], Json.ImageDeleteItemArray);
    }

    private async Task PruneAsync(HttpContext http)
    {
        var filters = http.Filters("dangling", "label", "label!", "until");
        var all = filters["dangling"].Any(value => value is "false" or "0");
        var gone = new List<Api.ImageDeleteItem>();
        foreach (var image in images.List().Where(
            image => (all || image.IsDangling) && engine.UserOf(image.Id) is null))
        {
            if (PruneFilter.Matches(filters, image.Config.Config?.Labels ?? [], image.Created, context.Time))
                gone.AddRange(await PruneAsync(image, http.RequestAborted));
        }

        var freed = await images.CollectGarbageAsync(http.RequestAborted);
        engine.Events.Pruned("image", freed);
        await http.WriteJsonAsync(
            new Api.ImagesPruneReport { ImagesDeleted = [.. gone], SpaceReclaimed = (ulong)freed },
            Json.ImagesPruneReport);
    }

    private async Task<IEnumerable<Api.ImageDeleteItem>> PruneAsync(Image image, CancellationToken cancellationToken)
    {
        try
        {
            var options = new RemoveOptions { Force = true, UserOf = engine.UserOf };
            return (await images.RemoveAsync(image.Id.ToString(), options, cancellationToken))
            .Select(ImageViews.Deletion);
        }
        catch (ImageException)
        {
            return []; // Used or removed meanwhile.
        }
    }

    private async Task DistributionAsync(HttpContext http)
    {
        if (Split(http) is not (var name, "json"))
        {
            await NotHere.AnswerAsync(http);
            return;
        }

        var resolved = await images.ResolveAsync(name, RegistryAuth.Read(http), http.RequestAborted);
        await http.WriteJsonAsync(ImageViews.Distribution(resolved), Json.DistributionInspect);
    }
}
