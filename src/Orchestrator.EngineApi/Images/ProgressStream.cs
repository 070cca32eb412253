using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Orchestrator.EngineApi.Http;
using Orchestrator.Images;

namespace Orchestrator.EngineApi.Images;

/// <summary>Answers with JSON lines while the work is done. A failure after the first line is a line too.</summary>
internal static class ProgressStream
{
    private const int Waiting = 256;

    /// <param name="work">
    /// Reports as often as it likes: of progress the client cannot take in time, some is dropped.
    /// </param>
    public static async Task RunAsync(
        HttpContext http, Func<IProgress<ImageProgress>, Task> work)
    {
        var lines = Channel.CreateBounded<ImageProgress>(
            new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
        var working = DoAsync(work, lines.Writer);
        http.Response.ContentType = "application/json";
        await foreach (var line in lines.Reader.ReadAllAsync(http.RequestAborted))
            await http.WriteLineAsync(View(line), Api.ApiJson.Wire.JsonMessage);
        try
        {
            await working;
        }
        catch (Exception e) when (http.Response.HasStarted && e is not OperationCanceledException)
        {
            await http.WriteLineAsync(
                new Api.JsonMessage { Error = e.Message, ErrorDetail = new() { Message = e.Message } },
                Api.ApiJson.Wire.JsonMessage);
        }
    }

    private static async Task DoAsync(
        Func<IProgress<ImageProgress>, Task> work, ChannelWriter<ImageProgress> lines)
    {
        try
        {
            await Task.Run(() => work(new Reporter(lines)));
        }
        finally
        {
            lines.Complete();
        }
    }

    internal static Api.JsonMessage View(ImageProgress line) => new()
    {
        Status = line.Status,
        Id = line.Id,
        Stream = line.Stream,
        ProgressDetail = line.Current is null && line.Total is null
            ? null : new() { Current = line.Current, Total = line.Total },
        Progress = ProgressBar.Of(line.Current, line.Total),
        Aux = line.Pushed is { } pushed
            ? System.Text.Json.JsonSerializer.SerializeToElement(
                new Dictionary<string, object>
                {
                    ["Tag"] = pushed.Tag,
                    ["Digest"] = pushed.Digest,
                    ["Size"] = pushed.Size,
                })
            : null,
    };

    /// <summary>
    /// In the order of the reports, on the reporter's thread: <see cref="Progress{T}"/> would shuffle them.
    /// </summary>
    private sealed class Reporter(ChannelWriter<ImageProgress> lines) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value)
        {
            // What moves a bar may be lost; what says that something happened may not, so the worker waits for room.
            if (!lines.TryWrite(value) && value.Current is null)
                lines.WriteAsync(value).AsTask().Wait(TimeSpan.FromSeconds(10));
        }
    }
}
