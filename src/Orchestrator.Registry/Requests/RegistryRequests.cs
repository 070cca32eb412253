using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Orchestrator.Images;
using Orchestrator.Registry.Upstream;

namespace Orchestrator.Registry.Requests;

/// <summary>Answers the requests of the distribution specification: who may, which part answers, what went wrong.</summary>
/// <remarks>Source: OCI distribution-spec 1.1, "Endpoints".</remarks>
internal sealed class RegistryRequests(
    ImageRegistry registry, RegistryAuthorizer authorize, PullThroughCache? cache)
{
    private readonly ManifestRequests manifests = new(registry);
    private readonly BlobRequests blobs = new(registry);
    private readonly UploadRequests uploads = new(registry);
    private readonly ListRequests lists = new(registry, cache);
    private readonly TokenRequests tokens = new(registry.Gate, registry.Accounts);

    public async Task HandleAsync(HttpContext context, string path)
    {
        try
        {
            context.Response.Headers["Docker-Distribution-API-Version"] = "registry/2.0";
            var call = new RegistryCall(context, RegistryPath.Parse(path), authorize);
            await PrepareAsync(call);
            await registry.Gate.LogInAsync(context);
            if (call.Path.Resource == RegistryResource.Token)
            {
                await tokens.AnswerAsync(context);
                return;
            }

            Authorize(call);
            await (cache is not null && cache.Covers(call.Name) && !call.IsPeer
                ? new CacheRequests(cache, registry.Content).HandleAsync(call) : DispatchAsync(call));
        }
        catch (RegistryError error)
        {
            await AnswerAsync(context, error.Status, error.Code, error.Message);
        }
        catch (ImageException error)
        {
            await AnswerAsync(context, error);
        }
        catch (BadHttpRequestException error)
        {
            await AnswerAsync(context, error.StatusCode, "BLOB_UPLOAD_INVALID", error.Message);
        }
    }

    /// <summary>Kestrel's limit is for forms; a layer may be as large as the disk takes.</summary>
    internal static void LiftBodyLimit(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        // Who uploads slowly is no attacker; who stops is given up when the upload lies idle.
        if (context.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>()
            is { } rate)
            rate.MinDataRate = null;
    }

    internal static Task AnswerNotYetAsync(HttpContext context) => AnswerAsync(
        context, StatusCodes.Status503ServiceUnavailable, "UNAVAILABLE", "this manager is starting: try again in a moment");

    /// <summary>Before it is certain who the users are, nobody is let in for there being none.</summary>
    private async Task PrepareAsync(RegistryCall call)
    {
        if (!call.IsPeer && !(registry.Accounts.IsKnown && registry.Names.IsReady))
            await registry.Names.RefreshAsync(call.Aborted);
    }

    private static void Authorize(RegistryCall call)
    {
        var needed = call.Method is "GET" or "HEAD" ? RegistryRights.Pull : RegistryRights.Push;
        if (call.IsPeer || call.Path.Resource == RegistryResource.Legacy)
            needed = RegistryRights.Peer;
        var rights = call.Authorize(call.Http, call.Name);
        if (rights.HasFlag(needed))
            return;
        if (rights != RegistryRights.None || call.Authorize(call.Http, "") != RegistryRights.None)
            throw RegistryError.Denied(
                $"{needed.ToString().ToLower(CultureInfo.InvariantCulture)} is not allowed on {call.Name}");
        Challenge(call.Http, call.Name, needed);
        throw RegistryError.Unauthorized("authentication required: log in, or show a certificate of this cluster");
    }

    private static void Challenge(HttpContext context, string name, RegistryRights needed)
    {
        var realm = $"{context.Request.Scheme}://{context.Request.Host}/v2/_token";
        var scope = name.Length == 0 ? ""
            : $",scope=\"repository:{name}:{(needed == RegistryRights.Pull ? "pull" : "pull,push")}\"";
        context.Response.Headers.WWWAuthenticate = new(
            [$"Bearer realm=\"{realm}\",service=\"{context.Request.Host}\"{scope}", "Basic realm=\"orch registry\""]);
    }

    private Task DispatchAsync(RegistryCall call) => (call.Path.Resource, call.Method) switch
    {
        (RegistryResource.Base, "GET" or "HEAD") =>
            Results.Text("{}", "application/json").ExecuteAsync(call.Http),
        (RegistryResource.Catalog, "GET") => lists.CatalogAsync(call),
        (RegistryResource.Legacy, "GET") => lists.LegacyAsync(call),
        (RegistryResource.Tags, "GET") => lists.TagsAsync(call),
        (RegistryResource.Referrers, "GET") => lists.ReferrersAsync(call),
        (RegistryResource.Manifest, "GET" or "HEAD") => manifests.GetAsync(call),
        (RegistryResource.Manifest, "PUT") => manifests.PutAsync(call),
        (RegistryResource.Manifest, "DELETE") => manifests.DeleteAsync(call),
        (RegistryResource.Blob, "GET" or "HEAD") => blobs.GetAsync(call),
        (RegistryResource.Blob, "DELETE") => blobs.DeleteAsync(call),
        (RegistryResource.Upload, _) => uploads.HandleAsync(call),
        _ => throw RegistryError.Unsupported(),
    };

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
}
