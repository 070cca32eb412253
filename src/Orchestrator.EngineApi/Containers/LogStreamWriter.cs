using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orchestrator.Engine.Logs;
using Orchestrator.EngineApi.Http;

namespace Orchestrator.EngineApi.Containers;

/// <summary>Log entries as docker sends them: framed by stream, or plain for what ran on a terminal.</summary>
internal static class LogStreamWriter
{
    private const int FlushAt = 32 << 10;
    private static readonly Version MultiplexedSince = new(1, 42);

    /// <param name="details">Say what the log options labels, env and tag put into each line.</param>
    /// <param name="follow">Send each entry as it comes, not when there is enough of them.</param>
    public static async Task WriteAsync(
        HttpContext http, IAsyncEnumerable<LogEntry> entries, bool terminal, bool timestamps, bool details,
        bool follow)
    {
        http.Response.ContentType = !terminal && http.ApiVersion() >= MultiplexedSince
            ? Api.StreamFrame.MultiplexedMediaType : Api.StreamFrame.RawMediaType;
        await http.Response.StartAsync(http.RequestAborted);
        var output = http.Response.BodyWriter;
        if (follow)
            await output.FlushAsync(http.RequestAborted);
        await foreach (var entry in entries.WithCancellation(http.RequestAborted))
        {
            Write(output, entry, terminal, timestamps, details);
            if (follow || output.UnflushedBytes > FlushAt)
                await output.FlushAsync(http.RequestAborted);
        }

        await output.FlushAsync(http.RequestAborted);
    }

    public static void Write(
        IBufferWriter<byte> output, LogEntry entry, bool terminal, bool timestamps, bool details = false)
    {
        var stamp = Encoding.UTF8.GetBytes(
            (timestamps ? Stamp(entry.Time) : "") + (details ? Details(entry.Attributes ?? []) : ""));
        if (!terminal)
        {
            var kind = entry.Stream == LogStream.Stderr ? Api.StreamKind.Stderr : Api.StreamKind.Stdout;
            new Api.StreamFrame(kind, stamp.Length + entry.Line.Length).Write(
                output.GetSpan(Api.StreamFrame.HeaderSize));
            output.Advance(Api.StreamFrame.HeaderSize);
        }

        output.Write(stamp);
        output.Write(entry.Line.Span);
    }

    /// <summary><c>name=value,name=value </c>, each as in the query of a URL; docker's client takes them apart again.
    /// </summary>
    private static string Details(IReadOnlyList<KeyValuePair<string, string>> attributes) => string.Join(
        ',', attributes.Select(one => $"{WebUtility.UrlEncode(one.Key)}={WebUtility.UrlEncode(one.Value)}")) + " ";

    private static string Stamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString(
            "yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z '", System.Globalization.CultureInfo.InvariantCulture);
}
