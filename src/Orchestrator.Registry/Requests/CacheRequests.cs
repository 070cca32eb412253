using Microsoft.AspNetCore.Http;
using Orchestrator.Images;
using Orchestrator.Images.Content;
using Orchestrator.Oci.Images;
using Orchestrator.Registry.Upstream;

namespace Orchestrator.Registry.Requests;

/// <summary>Answers for repositories that are another registry's; they can be read only.</summary>
internal sealed class CacheRequests(PullThroughCache cache, ContentStore content)
{
    private static readonly string[] WholeOnly = ["Range", "If-Match", "If-None-Match"];

    public async Task HandleAsync(RegistryCall call)
    {
        try
        {
            await DispatchAsync(call);
        }
        catch (ImageException error) when (error.Error is ImageError.Damaged && !call.Http.Response.HasStarted)
        {
            throw new RegistryError(StatusCodes.Status502BadGateway, "UNKNOWN", error.Message);
        }
        catch (ImageException error) when (error.Error is ImageError.Denied)
        {
            throw RegistryError.Denied(error.Message);
        }
    }

    private Task DispatchAsync(RegistryCall call) => (call.Path.Resource, call.Method) switch
    {
        (RegistryResource.Manifest, "GET" or "HEAD") => ManifestAsync(call),
        (RegistryResource.Blob, "HEAD") => BlobHeadAsync(call),
        (RegistryResource.Blob, "GET") => BlobAsync(call),
        (RegistryResource.Tags, "GET") => TagsAsync(call),
        (RegistryResource.Referrers, "GET") => ReferrersAsync(call),
        _ => throw new RegistryError(StatusCodes.Status405MethodNotAllowed, "UNSUPPORTED",
            $"{call.Name} is a copy of what {cache.Address.Authority} has and can only be pulled: push it there"),
    };

    private async Task ManifestAsync(RegistryCall call)
    {
        var isTag = ReferenceGrammar.IsTag(call.Argument);
        if (!isTag && !call.Argument.Contains(':', StringComparison.Ordinal))
            throw RegistryError.ManifestUnknown(call.Argument);
        if (!isTag)
            RegistryCall.ParseDigest(call.Argument);
        var found = await FindAsync(call, call.Argument);
        if (found.IsStale)
            Warn(call);
        if (!ManifestRequests.Accepts(call, found.MediaType))
            found = await ChooseAsync(call, found, isTag);
        await BlobSender.SendAsync(call.Http, content, found.Digest, found.MediaType, call.Aborted);
    }

    private async Task<CachedManifest> FindAsync(RegistryCall call, string reference)
    {
        try
        {
            return await cache.FindManifestAsync(call.Name, reference, call.Aborted);
        }
        catch (ImageException error) when (error.Error == ImageError.NotFound)
        {
            throw RegistryError.ManifestUnknown(call.Argument);
        }
    }

    /// <summary>As <see cref="ManifestRequests"/> does for clients that take no index.</summary>
    private async Task<CachedManifest> ChooseAsync(RegistryCall call, CachedManifest found, bool isTag)
    {
        if (isTag && MediaTypes.IsIndex(found.MediaType))
        {
            var index = ImageJson.ReadIndex(await content.ReadAsync(found.Digest, call.Aborted));
            if (index.Choose(ManifestRequests.Usual) is { } chosen
                && ManifestRequests.Accepts(call, chosen.MediaType))
                return await FindAsync(call, chosen.Digest.ToString());
        }

        throw RegistryError.NotAccepted(call.Argument, found.MediaType);
    }

    private async Task BlobHeadAsync(RegistryCall call)
    {
        var digest = RegistryCall.ParseDigest(call.Argument);
        var size = await cache.SizeOfAsync(call.Name, digest, call.Aborted)
            ?? throw RegistryError.BlobUnknown(call.Argument);
        Describe(call, digest, size);
    }

    private async Task BlobAsync(RegistryCall call)
    {
        var digest = RegistryCall.ParseDigest(call.Argument);
        try
        {
            var flight = await cache.FindBlobAsync(call.Name, digest, call.Aborted);
            if (flight is not null && WholeOnly.Any(call.Http.Request.Headers.ContainsKey))
                await flight.Completion.WaitAsync(call.Aborted);
            else if (flight is not null && await flight.OpenAsync(call.Aborted) is var (size, file))
            {
                using (file)
                {
                    Describe(call, digest, size);
                    await call.Http.Response.StartAsync(call.Aborted);
                    await flight.CopyToAsync(file, size, call.Http.Response.BodyWriter, call.Aborted);
                }

                return;
            }
        }
        catch (ImageException error) when (error.Error == ImageError.NotFound)
        {
            throw RegistryError.BlobUnknown(call.Argument);
        }

        await BlobSender.SendAsync(call.Http, content, digest, "application/octet-stream", call.Aborted);
    }

    private async Task TagsAsync(RegistryCall call)
    {
        IEnumerable<string> tags;
        try
        {
            tags = await cache.TagsAsync(call.Name, call.Aborted);
        }
        catch (ImageException error) when (error.Error == ImageError.NotFound)
        {
            throw RegistryError.NameUnknown(call.Name);
        }
        catch (ImageException error) when (error.Error == ImageError.Unavailable
            && cache.Kept.Tags(call.Name).ToList() is { Count: > 0 } known)
        {
            tags = known;
            Warn(call);
        }

        var page = ListRequests.Page(call, tags, $"/v2/{call.Name}/tags/list");
        await Results.Json(new TagList(call.Name, page), RegistryServerJson.Default.TagList).ExecuteAsync(call.Http);
    }

    private async Task ReferrersAsync(RegistryCall call)
    {
        var subject = RegistryCall.ParseDigest(call.Argument);
        var query = call.Query("artifactType") is { Length: > 0 } type
            ? $"?artifactType={Uri.EscapeDataString(type)}" : "";
        var list = await cache.ReferrersAsync(call.Name, subject, query, call.Aborted)
            ?? throw new RegistryError(StatusCodes.Status404NotFound, "UNSUPPORTED", "the upstream keeps no such lists");
        await Results.Bytes(list, MediaTypes.OciIndex).ExecuteAsync(call.Http);
    }

    private void Warn(RegistryCall call) => call.Say(
        "Warning", $"299 - \"{cache.Address.Authority} cannot be reached: this is what it last had\"");

    private static void Describe(RegistryCall call, Digest digest, long size)
    {
        call.Say("Docker-Content-Digest", digest.ToString());
        call.Say("ETag", $"\"{digest}\"");
        call.Say("Accept-Ranges", "bytes");
        call.Http.Response.ContentType = "application/octet-stream";
        call.Http.Response.ContentLength = size;
    }
}
