using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Requests;

/// <summary>Answers requests about uploads: whole, in chunks, or taken over from another repository.</summary>
/// <remarks>Source: OCI distribution-spec 1.1, "Pushing Blobs".</remarks>
internal sealed class UploadRequests(ImageRegistry registry)
{
    public Task HandleAsync(RegistryCall call)
    {
        RegistryRequests.LiftBodyLimit(call.Http);
        return (call.Method, call.Argument) switch
        {
            ("POST", "") => BeginAsync(call),
            (_, "") => throw RegistryError.Unsupported(),
            ("PATCH", _) => InTurnAsync(call, call.Argument, AppendAsync),
            ("PUT", _) => InTurnAsync(call, call.Argument, FinishAsync),
            ("GET", _) => InTurnAsync(
                call, call.Argument, (session, _) => Describe(call, session, StatusCodes.Status204NoContent)),
            ("DELETE", _) => InTurnAsync(call, call.Argument, (session, _) => Cancel(call, session)),
            _ => throw RegistryError.Unsupported(),
        };
    }

    private async Task BeginAsync(RegistryCall call)
    {
        var query = call.Http.Request.Query;
        if (query.TryGetValue("mount", out var mount)
            && TryMount(call, RegistryCall.ParseDigest(mount.ToString()), query["from"].ToString()))
        {
            Created(call, RegistryCall.ParseDigest(mount.ToString()));
            return;
        }

        if (query.TryGetValue("digest", out var digest))
            RegistryCall.ParseDigest(digest.ToString()); // Before anything is taken.
        var session = registry.Uploads.Begin(call.Name);
        if (query.ContainsKey("digest"))
            await InTurnAsync(call, session.Id, FinishOnceAsync);
        else
            await Describe(call, session, StatusCodes.Status202Accepted);
    }

    /// <param name="from">Empty: any repository that the caller may pull from.</param>
    private bool TryMount(RegistryCall call, Digest digest, string from)
    {
        using var lease = registry.Content.Lease();
        if (!lease.Pin(digest))
            return false;
        var sources = from.Length > 0 ? (ReferenceGrammar.IsPath(from) ? [from] : []) : registry.Held.Repositories();
        if (!sources.Any(source => call.MayPull(source) && registry.Held.HasBlob(source, digest)))
            return false;
        registry.Held.AddBlob(call.Name, digest);
        return true;
    }

    private static async Task AppendAsync(UploadSessions.Session session, RegistryCall call)
    {
        CheckRange(session, call);
        await TakeAsync(session, call);
        await Describe(call, session, StatusCodes.Status202Accepted);
    }

    private static async Task TakeAsync(UploadSessions.Session session, RegistryCall call)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, session.Stalled);
        await session.Ingest.AppendAsync(call.Http.Request.Body, long.MaxValue, either.Token);
    }

    /// <summary>An upload of one request ends with it: nobody was told how to go on.</summary>
    private async Task FinishOnceAsync(UploadSessions.Session session, RegistryCall call)
    {
        try
        {
            await FinishAsync(session, call);
        }
        finally
        {
            registry.Uploads.End(session);
        }
    }

    private async Task FinishAsync(UploadSessions.Session session, RegistryCall call)
    {
        var digest = RegistryCall.ParseDigest(call.Query("digest"));
        CheckRange(session, call);
        await TakeAsync(session, call);
        using var lease = registry.Content.Lease();
        try
        {
            session.Ingest.Commit(lease, digest);
            registry.Held.AddBlob(session.Repository, digest);
        }
        finally
        {
            registry.Uploads.End(session); // Whatever came of it: bytes that are not those promised never will be.
        }

        Created(call, digest);
    }

    private Task Cancel(RegistryCall call, UploadSessions.Session session)
    {
        registry.Uploads.End(session);
        call.Answer(StatusCodes.Status204NoContent);
        return Task.CompletedTask;
    }

    private async Task InTurnAsync(
        RegistryCall call, string id, Func<UploadSessions.Session, RegistryCall, Task> work)
    {
        var session = registry.Uploads.Find(call.Name, id);
        if (!session.TryTakeTurn())
            throw RegistryError.UploadInvalid(
                StatusCodes.Status409Conflict, "another request is writing to this upload");
        try
        {
            await work(session, call);
        }
        catch (Images.ImageException)
        {
            registry.Uploads.End(session);
            throw;
        }
        catch (OperationCanceledException) when (!call.Aborted.IsCancellationRequested)
        {
            registry.Uploads.End(session);
            throw RegistryError.UploadInvalid(
                StatusCodes.Status408RequestTimeout, "the upload has lain idle for too long: begin anew");
        }
        finally
        {
            session.Release();
        }
    }

    /// <summary>A chunk must begin where the last one ended, and have as many bytes as it says.</summary>
    private static void CheckRange(UploadSessions.Session session, RegistryCall call)
    {
        var range = call.Http.Request.Headers.ContentRange.ToString();
        if (range.Length == 0)
            return;
        if (range.Replace("bytes ", "", StringComparison.Ordinal).Split('/')[0].Split('-') is not [var from, var to]
            || !long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !long.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out var last))
        {
            throw RegistryError.UploadInvalid(
                StatusCodes.Status400BadRequest, $"the Content-Range \"{range}\" is malformed: write FIRST-LAST");
        }

        if (first != session.Ingest.Length)
        {
            call.Say("Range", RangeOf(session));
            call.Say("Location", LocationOf(session));
            throw RegistryError.UploadInvalid(StatusCodes.Status416RangeNotSatisfiable,
                $"the upload has {session.Ingest.Length} bytes, the chunk starts at {first}");
        }

        if (call.Http.Request.ContentLength is { } length && length != last - first + 1)
            throw RegistryError.SizeInvalid($"the range {range} is not as long as the {length} bytes that are sent");
    }

    private static Task Describe(RegistryCall call, UploadSessions.Session session, int status)
    {
        call.Say("Location", LocationOf(session));
        call.Say("Range", RangeOf(session));
        call.Say("Docker-Upload-UUID", session.Id);
        call.Answer(status);
        return Task.CompletedTask;
    }

    private static string LocationOf(UploadSessions.Session session) =>
        $"/v2/{session.Repository}/blobs/uploads/{session.Id}";

    private static string RangeOf(UploadSessions.Session session) => $"0-{Math.Max(0, session.Ingest.Length - 1)}";

    private static void Created(RegistryCall call, Digest digest)
    {
        call.Say("Location", $"/v2/{call.Name}/blobs/{digest}");
        call.Say("Docker-Content-Digest", digest.ToString());
        call.Answer(StatusCodes.Status201Created);
    }
}
