using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry;

/// <summary>Answers requests about uploads: whole, in chunks, or taken over from another repository.</summary>
/// <remarks>Source: OCI distribution-spec 1.1, "Pushing Blobs".</remarks>
internal sealed class UploadRequests(ImageRegistry registry)
{
    public Task HandleAsync(HttpContext context, string name, string id)
    {
        RegistryRequests.LiftBodyLimit(context);
        return (context.Request.Method, id) switch
        {
            ("POST", "") => BeginAsync(context, name),
            (_, "") => throw RegistryError.Unsupported(),
            ("PATCH", _) => InTurnAsync(context, name, id, AppendAsync),
            ("PUT", _) => InTurnAsync(context, name, id, FinishAsync),
            ("GET", _) => InTurnAsync(
                context, name, id, (session, _) => Describe(context, session, StatusCodes.Status204NoContent)),
            ("DELETE", _) => InTurnAsync(context, name, id, (session, _) => Cancel(context, session)),
            _ => throw RegistryError.Unsupported(),
        };
    }

    private async Task BeginAsync(HttpContext context, string name)
    {
        var query = context.Request.Query;
        if (query.TryGetValue("mount", out var mount)
            && TryMount(name, RegistryRequests.ParseDigest(mount.ToString()), query["from"].ToString()))
        {
            Created(context, name, Digest.Parse(mount.ToString()));
            return;
        }

        var session = registry.Uploads.Begin(name);
        if (query.ContainsKey("digest"))
            await InTurnAsync(context, name, session.Id, FinishAsync);
        else
            await Describe(context, session, StatusCodes.Status202Accepted);
    }

    private bool TryMount(string name, Digest digest, string from)
    {
        using var lease = registry.Content.Lease();
        if (!lease.Pin(digest) || !ReferenceGrammar.IsPath(from) || !registry.Repositories.HasBlob(from, digest))
            return false;
        registry.Repositories.AddBlob(name, digest);
        return true;
    }

    private async Task AppendAsync(UploadSessions.Session session, HttpContext context)
    {
        CheckRange(session, context);
        await session.Ingest.AppendAsync(context.Request.Body, long.MaxValue, context.RequestAborted);
        await Describe(context, session, StatusCodes.Status202Accepted);
    }

    private async Task FinishAsync(UploadSessions.Session session, HttpContext context)
    {
        var digest = RegistryRequests.ParseDigest(context.Request.Query["digest"].ToString());
        CheckRange(session, context);
        await session.Ingest.AppendAsync(context.Request.Body, long.MaxValue, context.RequestAborted);
        using var lease = registry.Content.Lease();
        try
        {
            session.Ingest.Commit(lease, digest);
            registry.Repositories.AddBlob(session.Repository, digest);
        }
        finally
        {
            registry.Uploads.End(session); // Whatever came of it: bytes that are not those promised never will be.
        }

        Created(context, session.Repository, digest);
    }

    private Task Cancel(HttpContext context, UploadSessions.Session session)
    {
        registry.Uploads.End(session);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private async Task InTurnAsync(
        HttpContext context, string name, string id, Func<UploadSessions.Session, HttpContext, Task> work)
    {
        var session = registry.Uploads.Find(name, id);
        if (!session.Turn.Wait(0))
            throw new RegistryError(
                StatusCodes.Status409Conflict, "BLOB_UPLOAD_INVALID", "another request is writing to this upload");
        try
        {
            await work(session, context);
        }
        catch (Images.ImageException)
        {
            registry.Uploads.End(session);
            throw;
        }
        finally
        {
            session.Release();
        }
    }

    /// <summary>A chunk must begin where the last one ended.</summary>
    private static void CheckRange(UploadSessions.Session session, HttpContext context)
    {
        var range = context.Request.Headers.ContentRange.ToString();
        if (range.Length == 0)
            return;
        var start = range.Replace("bytes ", "", StringComparison.Ordinal).Split('-')[0];
        if (!long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            || offset != session.Ingest.Length)
        {
            context.Response.Headers.Range = RangeOf(session);
            throw new RegistryError(StatusCodes.Status416RangeNotSatisfiable, "BLOB_UPLOAD_INVALID",
                $"the upload has {session.Ingest.Length} bytes, the chunk starts at {start}");
        }
    }

    private static Task Describe(HttpContext context, UploadSessions.Session session, int status)
    {
        context.Response.Headers.Location = $"/v2/{session.Repository}/blobs/uploads/{session.Id}";
        context.Response.Headers.Range = RangeOf(session);
        context.Response.Headers["Docker-Upload-UUID"] = session.Id;
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static string RangeOf(UploadSessions.Session session) => $"0-{Math.Max(0, session.Ingest.Length - 1)}";

    private static void Created(HttpContext context, string name, Digest digest)
    {
        context.Response.Headers.Location = $"/v2/{name}/blobs/{digest}";
        context.Response.Headers["Docker-Content-Digest"] = digest.ToString();
        context.Response.StatusCode = StatusCodes.Status201Created;
    }
}
