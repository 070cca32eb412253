using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Orchestrator.Build;
using Orchestrator.Build.Execution;
using Orchestrator.Build.Syntax;
using Orchestrator.EngineApi.Http;
using Orchestrator.EngineApi.Images;

namespace Orchestrator.EngineApi.Building;

/// <summary>Answers with JSON lines while something is built. A failure after the first line is a line too.</summary>
/// <param name="quiet">Nothing is told but the image's id, unless the build fails: then all.</param>
internal sealed class BuildStream(HttpContext http, bool quiet)
{
    private const int Waiting = 256;

    private readonly List<BuildMessage> kept = [];
    private readonly Channel<BuildMessage> messages = Channel.CreateBounded<BuildMessage>(
        new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    public async Task RunAsync(Func<BuildOutput, CancellationToken, Task> build)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var building = DoAsync(build, stopping.Token);
        http.Response.ContentType = "application/json";
        try
        {
            await foreach (var message in messages.Reader.ReadAllAsync(CancellationToken.None))
                await TellAsync(message);
        }
        finally
        {
            // The client may be gone: then so is the build, and nothing answers before it has cleaned up.
            await stopping.CancelAsync();
            messages.Writer.TryComplete();
            await building.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await EndAsync(building);
    }

    private async Task EndAsync(Task building)
    {
        try
        {
            await building;
        }
        catch (Exception e) when (e is not OperationCanceledException && (http.Response.HasStarted || kept.Count > 0))
        {
            foreach (var message in kept)
                await http.WriteLineAsync(View(message), Api.ApiJson.Wire.JsonMessage);
            var detail = new Api.JsonErrorDetail { Code = (e as BuildException)?.Code, Message = e.Message };
            await http.WriteLineAsync(
                new Api.JsonMessage { Error = e.Message, ErrorDetail = detail }, Api.ApiJson.Wire.JsonMessage);
        }
    }

    private async Task DoAsync(Func<BuildOutput, CancellationToken, Task> build, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(
                () => build(message => messages.Writer.WriteAsync(message, cancellationToken), cancellationToken),
                CancellationToken.None);
        }
        finally
        {
            messages.Writer.TryComplete();
        }
    }

    private async Task TellAsync(BuildMessage message)
    {
        if (!quiet)
            await http.WriteLineAsync(View(message), Api.ApiJson.Wire.JsonMessage);
        else if (message is BuildMessage.Built(var id))
            await http.WriteLineAsync(
                new Api.JsonMessage { Stream = id + "\n" }, Api.ApiJson.Wire.JsonMessage);
        else
            kept.Add(message);
    }

    private static Api.JsonMessage View(BuildMessage message) => message switch
    {
        BuildMessage.Print(var text) => new() { Stream = text },
        BuildMessage.Transfer(var progress) => ProgressStream.View(progress),
        BuildMessage.Built(var id) => new() { Aux = JsonSerializer.SerializeToElement(
            new Dictionary<string, string> { ["ID"] = id.ToString() }, BuildQueryJson.Default.DictionaryStringString) },
        _ => new(),
    };
}
