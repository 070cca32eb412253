using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry;

/// <summary>Answers the requests of the distribution specification.</summary>
/// <remarks>Source: OCI distribution-spec 1.1, "Endpoints".</remarks>
internal sealed class RegistryRequests(ImageRegistry registry, RegistryAuthorizer authorize)
{
    private const string DigestHeader = "Docker-Content-Digest";

    private RepositoryStore Repositories => registry.Repositories;

    public async Task HandleAsync(HttpContext context, string path)
    {
        try
        {
            context.Response.Headers["Docker-Distribution-API-Version"] = "registry/2.0";
            var parsed = RegistryPath.Parse(path);
            Authorize(context, parsed);
            await DispatchAsync(context, parsed);
        }
        catch (RegistryError error)
        {
            await AnswerAsync(context, error.Status, error.Code, error.Message);
        }
        catch (ImageException error)
        {
            await AnswerAsync(context, error);
        }
    }

    private static bool IsPeer(HttpContext context) => context.Request.Headers.ContainsKey(PeerRegistries.PeerHeader);

    private void Authorize(HttpContext context, RegistryPath path)
    {
        var needed = context.Request.Method is "GET" or "HEAD" ? RegistryRights.Pull : RegistryRights.Push;
        if (IsPeer(context) || path.Resource == RegistryResource.PeerTags)
            needed = RegistryRights.Peer;
        var rights = authorize(context);
        if (rights == RegistryRights.None)
            throw new RegistryError(
                StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "a certificate of this cluster is required");
        if (!rights.HasFlag(needed))
            throw new RegistryError(
                StatusCodes.Status403Forbidden, "DENIED",
                $"requested access to the resource is denied: {needed} is not allowed");
    }

    private Task DispatchAsync(HttpContext context, RegistryPath path) => (path.Resource, context.Request.Method) switch
    {
        (RegistryResource.Base, "GET" or "HEAD") => context.Response.WriteAsync("{}", context.RequestAborted),
        (RegistryResource.Catalog, "GET") => CatalogAsync(context),
        (RegistryResource.PeerTags, "GET") => PeerTagsAsync(context),
        (RegistryResource.Tags, "GET") => TagsAsync(context, path.Name),
        (RegistryResource.Referrers, "GET") => ReferrersAsync(context, path.Name, path.Argument),
        (RegistryResource.Manifest, "GET" or "HEAD") => GetManifestAsync(context, path.Name, path.Argument),
        (RegistryResource.Manifest, "PUT") => PutManifestAsync(context, path.Name, path.Argument),
        (RegistryResource.Manifest, "DELETE") => DeleteManifestAsync(context, path.Name, path.Argument),
        (RegistryResource.Blob, "GET" or "HEAD") => GetBlobAsync(context, path.Name, path.Argument),
        (RegistryResource.Blob, "DELETE") => DeleteBlob(context, path.Name, path.Argument),
        (RegistryResource.Upload, _) => new UploadRequests(registry).HandleAsync(context, path.Name, path.Argument),
        _ => throw RegistryError.Unsupported(),
    };

    private async Task GetManifestAsync(HttpContext context, string name, string reference)
    {
        var ask = !IsPeer(context);
        var digest = await ResolveAsync(context, name, reference, ask);
        if (Repositories.MediaTypeOf(name, digest) is null && ask)
            await registry.Intake.FetchAsync(name, digest, context.RequestAborted);
        if (Repositories.MediaTypeOf(name, digest) is not { } mediaType || registry.Content.SizeOf(digest) is null)
            throw RegistryError.ManifestUnknown(reference);
        context.Response.Headers[DigestHeader] = digest.ToString();
        await SendAsync(context, digest, mediaType);
    }

    private async Task<Digest> ResolveAsync(HttpContext context, string name, string reference, bool ask)
    {
        if (reference.Contains(':', StringComparison.Ordinal))
            return ParseDigest(reference);
        if (!ReferenceGrammar.IsTag(reference))
            throw RegistryError.ManifestUnknown(reference);
        var record = await registry.FindTagAsync(name, reference, ask, context.RequestAborted);
        if (record is not null)
            context.Response.Headers[PeerRegistries.VersionHeader] = record.Version.ToString(
                CultureInfo.InvariantCulture);
        return record?.Digest ?? throw (Repositories.Exists(name)
            ? RegistryError.ManifestUnknown(reference) : RegistryError.NameUnknown(name));
    }

    private async Task PutManifestAsync(HttpContext context, string name, string reference)
    {
        var json = await ReadManifestAsync(context);
        var mediaType = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            ? type.MediaType.Value! : MediaTypes.OciManifest;
        var manifest = Descriptor.Of(json, mediaType);
        var tag = reference.Contains(':', StringComparison.Ordinal) ? null : reference;
        if (tag is null && ParseDigest(reference) != manifest.Digest)
            throw RegistryError.DigestInvalid($"the manifest has the digest {manifest.Digest}, not {reference}");
        if (tag is not null && !ReferenceGrammar.IsTag(tag))
            throw RegistryError.ManifestInvalid("the tag is malformed");

        await registry.Intake.StoreAsync(name, manifest, json, context.RequestAborted);
        if (!IsPeer(context))
            await registry.PublishAsync(name, tag, manifest, json, context.RequestAborted);
        else if (tag is not null && Version(context) is { } version)
            Repositories.SetTag(name, tag, new TagRecord(manifest.Digest, version));

        if (SubjectOf(mediaType, json) is { } subject)
            context.Response.Headers["OCI-Subject"] = subject.ToString();
        context.Response.Headers[DigestHeader] = manifest.Digest.ToString();
        context.Response.Headers.Location = $"/v2/{name}/manifests/{manifest.Digest}";
        context.Response.StatusCode = StatusCodes.Status201Created;
    }

    private async Task DeleteManifestAsync(HttpContext context, string name, string reference)
    {
        var ask = !IsPeer(context);
        if (reference.Contains(':', StringComparison.Ordinal))
            await registry.DeleteManifestAsync(name, ParseDigest(reference), ask, context.RequestAborted);
        else if (ask)
            await registry.DeleteTagAsync(name, reference, context.RequestAborted);
        else if (ReferenceGrammar.IsTag(reference) && Version(context) is { } version)
            Repositories.SetTag(name, reference, new TagRecord(null, version));
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private async Task GetBlobAsync(HttpContext context, string name, string text)
    {
        var digest = ParseDigest(text);
        if (!Repositories.HasBlob(name, digest)
            && (IsPeer(context) || HttpMethods.IsHead(context.Request.Method)
                || !await registry.Intake.FetchBlobAsync(name, digest, context.RequestAborted)))
            throw RegistryError.BlobUnknown(text);
        context.Response.Headers[DigestHeader] = digest.ToString();
        await SendAsync(context, digest, "application/octet-stream");
    }

    private Task DeleteBlob(HttpContext context, string name, string text)
    {
        var digest = ParseDigest(text);
        if (!Repositories.HasBlob(name, digest))
            throw RegistryError.BlobUnknown(text);
        Repositories.RemoveBlob(name, digest);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    private async Task TagsAsync(HttpContext context, string name)
    {
        if (!Repositories.Exists(name))
            throw RegistryError.NameUnknown(name);
        var tags = Repositories.Tags(name).Where(t => t.Value.Digest is not null).Select(t => t.Key);
        var page = Page(context, tags, $"/v2/{name}/tags/list");
        await Results.Json(new TagList(name, page), RegistryServerJson.Default.TagList).ExecuteAsync(context);
    }

    private Task CatalogAsync(HttpContext context) => Results.Json(
        new Catalog(Page(context, Repositories.Names(), "/v2/_catalog")), RegistryServerJson.Default.Catalog)
        .ExecuteAsync(context);

    private Task PeerTagsAsync(HttpContext context) => Results.Json(
        Repositories.Names().Select(n => new RepositoryTags(n, new(Repositories.Tags(n)))).ToArray(),
        RegistryServerJson.Default.RepositoryTagsArray).ExecuteAsync(context);

    private async Task ReferrersAsync(HttpContext context, string name, string text)
    {
        var subject = ParseDigest(text);
        var wanted = context.Request.Query["artifactType"].ToString();
        var found = new List<Descriptor>();
        foreach (var digest in Repositories.Referrers(name, subject))
        {
            var json = await registry.Content.ReadAsync(digest, context.RequestAborted);
            var manifest = ImageJson.ReadManifest(json);
            var type = manifest.ArtifactType ?? manifest.Config?.MediaType;
            if (wanted.Length == 0 || wanted == type)
                found.Add(
                    Descriptor.Of(json, Repositories.MediaTypeOf(name, digest)!) with
                    {
                        ArtifactType = type,
                        Annotations = manifest.Annotations,
                    });
        }

        if (wanted.Length > 0)
            context.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        var index = ImageJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [.. found] });
        await Results.Bytes(index, MediaTypes.OciIndex).ExecuteAsync(context);
    }

    /// <summary>Sends a blob: whole or a range of it, or nothing where the caller has it already.</summary>
    private Task SendAsync(HttpContext context, Digest digest, string mediaType) => Results.Stream(
        registry.Content.OpenRead(digest), mediaType, enableRangeProcessing: true,
        entityTag: new EntityTagHeaderValue($"\"{digest}\"")).ExecuteAsync(context);

    private static string[] Page(HttpContext context, IEnumerable<string> all, string path)
    {
        var query = context.Request.Query;
        var last = query["last"].ToString();
        var rest = all.Where(name => string.CompareOrdinal(name, last) > 0);
        if (!int.TryParse(query["n"], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return [.. rest];
        var page = rest.Take(count + 1).ToArray();
        if (page.Length <= count)
            return page;
        if (count > 0)
            context.Response.Headers.Link =
                $"<{path}?n={count}&last={Uri.EscapeDataString(page[count - 1])}>; rel=\"next\"";
        return page[..count];
    }

    private static async Task<byte[]> ReadManifestAsync(HttpContext context)
    {
        var buffer = new byte[ImageJson.MaxBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(
            buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        return length <= ImageJson.MaxBytes ? buffer[..length] : throw new RegistryError(
            StatusCodes.Status413PayloadTooLarge, "MANIFEST_INVALID",
            $"a manifest may have {ImageJson.MaxBytes} bytes");
    }

    private static Digest? SubjectOf(string mediaType, byte[] json) => MediaTypes.IsIndex(mediaType)
        ? ImageJson.ReadIndex(json).Subject?.Digest : ImageJson.ReadManifest(json).Subject?.Digest;

    private static long? Version(HttpContext context) =>
        long.TryParse(
            context.Request.Headers[PeerRegistries.VersionHeader], NumberStyles.None, CultureInfo.InvariantCulture,
            out var version)
            ? version : null;

    internal static Digest ParseDigest(string text) => Digest.TryParse(text, out var digest) ? digest
        : throw RegistryError.DigestInvalid("the digest is malformed: write sha256: and 64 lower-case hex digits");

    private static Task AnswerAsync(HttpContext context, ImageException error) => error.Error switch
    {
        ImageError.NoSpace => AnswerAsync(context, StatusCodes.Status507InsufficientStorage, "DENIED", error.Message),
        ImageError.NotFound => AnswerAsync(context, StatusCodes.Status404NotFound, "BLOB_UNKNOWN", error.Message),
        ImageError.Unavailable =>
            AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, "UNAVAILABLE", error.Message),
        _ => AnswerAsync(context, StatusCodes.Status400BadRequest, "DIGEST_INVALID", error.Message),
    };

    private static Task AnswerAsync(HttpContext context, int status, string code, string message)
    {
        if (context.Response.HasStarted)
        {
            context.Abort(); // Too late to say it: at least nobody takes the answer for whole.
            return Task.CompletedTask;
        }

        var body = new ErrorBody([new ErrorItem(code, message)]);
        return Results.Json(body, RegistryServerJson.Default.ErrorBody, statusCode: status).ExecuteAsync(context);
    }

    /// <summary>Kestrel's limit is for forms; a layer may be as large as the disk takes.</summary>
    internal static void LiftBodyLimit(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
    }
}
