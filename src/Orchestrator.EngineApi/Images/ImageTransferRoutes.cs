using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Http;
using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.EngineApi.Images;

/// <summary>Images on their way in and out: pull, push, import, load, save.</summary>
internal sealed class ImageTransferRoutes(EngineApiContext context)
{
    private readonly ImageService images = context.Engine.Images;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/images/create", CreateAsync);
        routes.MapPost("/images/load", LoadAsync);
        routes.MapGet("/images/get", http => SaveAsync(http, http.Request.Query["names"].OfType<string>().ToList()));
    }

    public async Task SaveAsync(HttpContext http, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            throw EngineException.Invalid("name at least one image to save");
        foreach (var name in names)
            PlatformCheck.Check(http, name, images.Find(name)); // Before the first byte, while an error can still be one.
        http.Response.ContentType = "application/x-tar";
        await images.SaveAsync(names, http.Response.Body, http.RequestAborted);
    }

    public Task PushAsync(HttpContext http, string name)
    {
        var tag = http.Query("tag");
        var reference = Tagged(name, tag);
        if (images.TryFind(reference) is { } image)
            PlatformCheck.Check(http, reference, image);
        return ProgressStream.RunAsync(http, async progress =>
        {
            var login = RegistryAuth.Read(http);
            await (tag.Length == 0 && Reference.Parse(name) is { Tag: null, Digest: null }
                ? images.PushAllAsync(name, login, progress, http.RequestAborted)
                : images.PushAsync(reference, login, progress, http.RequestAborted));
        });
    }

    /// <summary>A tag, or a digest, given beside a name counts more than what the name has.</summary>
    private static string Tagged(string name, string tag) =>
        tag.Length == 0 ? name
        : tag.Contains(':') ? $"{Reference.Parse(name).Name}@{tag}"
        : Reference.Parse(name).WithTag(tag).ToString();

    private Task CreateAsync(HttpContext http)
    {
        var source = http.Query("fromSrc");
        if (source.Length > 0)
            return ImportAsync(http, source);
        var from = http.Query("fromImage");
        return from.Length > 0 ? PullAsync(http, from) : throw EngineException.Invalid("give fromImage or fromSrc");
    }

    private Task PullAsync(HttpContext http, string from)
    {
        var tag = http.Query("tag");
        var reference = Tagged(from, tag);
        var parsed = Reference.Parse(reference); // What is malformed is refused before the stream begins.
        return ProgressStream.RunAsync(http, async progress =>
        {
            var (platform, login) = (PlatformCheck.Asked(http), RegistryAuth.Read(http));
            await (parsed is { Tag: null, Digest: null }
                ? images.PullAllAsync(reference, platform, login, progress, http.RequestAborted)
                : images.PullAsync(reference, platform, login, progress, http.RequestAborted));
        });
    }

    private async Task ImportAsync(HttpContext http, string source)
    {
        var (repository, tag) = (http.Query("repo"), http.Query("tag"));
        var options = new ImportOptions
        {
            Reference = repository.Length == 0 ? null : tag.Length == 0 ? repository : $"{repository}:{tag}",
            Changes = [.. http.Request.Query["changes"].OfType<string>()],
            Message = http.Query("message") is { Length: > 0 } message ? message : $"Imported from {source}",
            Platform = PlatformCheck.Asked(http),
        };
        if (source != "-")
        {
            await ImportRemoteAsync(http, source, options);
            return;
        }

        http.TakeAnySize();
        await ProgressStream.RunAsync(http, async progress =>
        {
            await images.ImportAsync(http.Request.Body, options, progress, http.RequestAborted);
        });
    }

    private async Task ImportRemoteAsync(HttpContext http, string source, ImportOptions options)
    {
        using var archive = await RemoteArchive.OpenAsync(source, http.RequestAborted);
        await ProgressStream.RunAsync(http, async progress =>
        {
            progress.Report(new ImageProgress($"Downloading from {archive.Address}"));
            await using var content = await archive.ReadAsync(progress, http.RequestAborted);
            await images.ImportAsync(content, options, progress, http.RequestAborted);
        });
    }

    private Task LoadAsync(HttpContext http)
    {
        http.TakeAnySize();
        IProgress<ImageProgress>? Quiet(IProgress<ImageProgress> progress) =>
            http.Flag("quiet") ? new OnlyText(progress) : progress;
        var platform = PlatformCheck.Asked(http);
        return ProgressStream.RunAsync(http, async progress =>
        {
            await images.LoadAsync(http.Request.Body, platform, Quiet(progress), http.RequestAborted);
        });
    }

    private sealed class OnlyText(IProgress<ImageProgress> inner) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value)
        {
            if (value.Stream is not null)
                inner.Report(value);
        }
    }
}
