using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Orchestrator.Images.Content;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Requests;

/// <summary>Sends content: whole, a range of it, or nothing where the caller has it already.</summary>
/// <remarks>
/// Source: RFC 9110, sections 13 (conditional requests) and 14 (ranges). One range a request: of several, all is sent.
/// </remarks>
internal static class BlobSender
{
    private const int ChunkBytes = 128 * 1024;

    /// <exception cref="RegistryError">412, 416.</exception>
    public static async Task SendAsync(
        HttpContext context, ContentStore content, Digest digest, string mediaType, CancellationToken cancellationToken)
    {
        await using var file = content.OpenRead(digest);
        var (request, response) = (context.Request, context.Response);
        var tag = new EntityTagHeaderValue($"\"{digest}\"");
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        response.Headers.ETag = tag.ToString();
        response.Headers.AcceptRanges = "bytes";
        if (request.Headers.IfMatch.Count > 0 && !Names(request.Headers.IfMatch, tag))
            throw new RegistryError(
                StatusCodes.Status412PreconditionFailed, "DENIED", "the content is not what If-Match names");
        if (Names(request.Headers.IfNoneMatch, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var (first, count) = RangeOf(context, tag, file.Length);
        response.ContentType = mediaType;
        response.ContentLength = count;
        if (!HttpMethods.IsHead(request.Method))
            await CopyAsync(file, first, count, response, cancellationToken);
    }

    private static bool Names(Microsoft.Extensions.Primitives.StringValues header, EntityTagHeaderValue tag) =>
        header.Count > 0 && EntityTagHeaderValue.TryParseList([.. header.OfType<string>()], out var tags)
        && tags.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(tag, useStrongComparison: false));

    private static (long First, long Count) RangeOf(HttpContext context, EntityTagHeaderValue tag, long length)
    {
        var (request, response) = (context.Request, context.Response);
        if (!RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var ranges)
            || ranges.Unit != "bytes" || ranges.Ranges.Count != 1
            || (request.Headers.IfRange.Count > 0 && request.Headers.IfRange.ToString() != tag.ToString()))
            return (0, length);
        var asked = ranges.Ranges.Single();
        var first = asked.From ?? Math.Max(0, length - asked.To!.Value);
        var last = asked.From is null ? length - 1 : Math.Min(asked.To ?? long.MaxValue, length - 1);
        if (first > last)
        {
            response.Headers.ContentRange = $"bytes */{length.ToString(CultureInfo.InvariantCulture)}";
            throw new RegistryError(StatusCodes.Status416RangeNotSatisfiable, "RANGE_INVALID",
                $"the content has {length} bytes, the range begins at {first}");
        }

        response.StatusCode = StatusCodes.Status206PartialContent;
        response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{last}/{length}");
        return (first, last - first + 1);
    }

    /// <summary>Straight from the file into the connection's own buffers: nothing is allocated or copied twice.</summary>
    private static async Task CopyAsync(
        FileStream file, long first, long count, HttpResponse response, CancellationToken cancellationToken)
    {
        await response.StartAsync(cancellationToken);
        var writer = response.BodyWriter;
        if (response.HttpContext.Features.Get<FileSender>() is { } sender)
        {
            await SendAsync(sender, file, first, count, writer, cancellationToken);
            return;
        }

        while (count > 0)
        {
            var memory = writer.GetMemory(ChunkBytes);
            var wanted = (int)Math.Min(Math.Min(memory.Length, ChunkBytes), count);
            // What is served is mostly in the page cache: another thread for each piece costs more than the wait.
            var read = RandomAccess.Read(file.SafeFileHandle, memory.Span[..wanted], first);
            if (read == 0)
                throw new IOException($"{file.Name} is shorter than it was");
            (first, count) = (first + read, count - read);
            RegistryMetrics.Served(read);
            writer.Advance(read);
            if ((await writer.FlushAsync(cancellationToken)).IsCompleted)
                return; // The caller has gone.
        }
    }

    /// <summary>The writer is told of the bytes, and counts them; the kernel moves them.</summary>
    private static async Task SendAsync(FileSender sender, FileStream file, long first, long count, PipeWriter writer,
        CancellationToken cancellationToken)
    {
        await writer.FlushAsync(cancellationToken); // The head goes first.
        sender.Begin(file.SafeFileHandle, first);
        var wanted = count;
        try
        {
            while (count > 0)
            {
                var told = (int)Math.Min(writer.GetMemory().Length, count);
                writer.Advance(told);
                count -= told;
                if ((await writer.FlushAsync(cancellationToken)).IsCompleted)
                    return; // The caller has gone.
            }
        }
        finally
        {
            sender.End();
            RegistryMetrics.Served(wanted - count);
        }
    }
}
