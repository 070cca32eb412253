using System.Buffers;
using System.IO.Pipelines;
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

    /// <param name="follow">Send each entry as it comes, not when there is enough of them.</param>
    public static async Task WriteAsync(
        HttpContext http, IAsyncEnumerable<LogEntry> entries, bool terminal, bool timestamps, bool follow)
    {
        http.Response.ContentType = !terminal && http.ApiVersion() >= MultiplexedSince
            ? Api.StreamFrame.MultiplexedMediaType : Api.StreamFrame.RawMediaType;
        await http.Response.StartAsync(http.RequestAborted);
        var output = http.Response.BodyWriter;
        if (follow)
            await output.FlushAsync(http.RequestAborted);
        await foreach (var entry in entries.WithCancellation(http.RequestAborted))
        {
            Write(output, entry, terminal, timestamps);
            if (follow || output.UnflushedBytes > FlushAt)
                await output.FlushAsync(http.RequestAborted);
        }

        await output.FlushAsync(http.RequestAborted);
    }

    public static void Write(IBufferWriter<byte> output, LogEntry entry, bool terminal, bool timestamps)
    {
        var stamp = timestamps ? Encoding.ASCII.GetBytes(Stamp(entry.Time)) : [];
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

    private static string Stamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString(
            "yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z '", System.Globalization.CultureInfo.InvariantCulture);
}
