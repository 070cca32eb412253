using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Engine;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Logs;
using Orchestrator.EngineApi.Hijacking;
using Orchestrator.EngineApi.Http;

namespace Orchestrator.EngineApi.Containers;

/// <summary>What flows in and out of a container: attach and logs.</summary>
internal sealed class ContainerStreamRoutes(EngineApiContext context)
{
    private readonly ContainerEngine engine = context.Engine;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/containers/{id}/attach", AttachAsync);
        routes.MapGet("/containers/{id}/attach/ws", AttachSocketAsync);
        routes.MapGet("/containers/{id}/logs", LogsAsync);
    }

    private async Task AttachAsync(HttpContext http) => await RawStream.RunAsync(http, await StreamsAsync(http));

    private async Task AttachSocketAsync(HttpContext http)
    {
        engine.Inspect(http.Route("id"));
        if (!http.WebSockets.IsWebSocketRequest)
            throw EngineException.Invalid("attach/ws is a WebSocket: send Upgrade: websocket, or attach without ws");
        // A page of any site may open a socket to a daemon on this host; only the daemon's own origin may use it.
        if (http.Request.Headers.Origin.ToString() is { Length: > 0 } origin
            && (!Uri.TryCreate(origin, UriKind.Absolute, out var site) || site.Authority != http.Request.Host.Value))
            throw EngineException.Invalid($"WebSockets of pages from {origin} are not answered");
        await SocketStream.RunAsync(http, await StreamsAsync(http));
    }

    private async Task<AttachedStreams> StreamsAsync(HttpContext http)
    {
        var options = new AttachOptions(
            http.Flag("stdin"), http.Flag("stdout"), http.Flag("stderr"), http.Flag("logs"), http.Flag("stream"),
            http.Query("detachKeys"));
        if (!options.Stdin && !options.Stdout && !options.Stderr)
            throw EngineException.Invalid("attach to at least one of stdin, stdout and stderr");
        var id = http.Route("id");
        var streams = options.Stream
            ? await engine.AttachAsync(id, options, http.RequestAborted)
            : NothingLive.Of(engine.Inspect(id));
        return !options.Logs ? streams : new LogsFirst(
            engine.LogsAsync(id, new LogQuery(options.Stdout, options.Stderr), CancellationToken.None), streams);
    }

    private async Task LogsAsync(HttpContext http)
    {
        var query = new LogQuery(
            http.Flag("stdout"), http.Flag("stderr"), http.Time("since"), http.Time("until"), Tail(http),
            http.Flag("follow"));
        if (!query.Stdout && !query.Stderr)
            throw EngineException.Invalid("Bad parameters: you must choose at least one stream");
        var id = http.Route("id");
        var record = engine.Inspect(id);
        var entries = engine.LogsAsync(id, query, http.RequestAborted);
        await LogStreamWriter.WriteAsync(
            http, entries, record.Spec.Tty, http.Flag("timestamps"), http.Flag("details"), query.Follow);
    }

    private static int? Tail(HttpContext http)
    {
        var text = http.Query("tail");
        return text is "" or "all" || !int.TryParse(text, out var lines) || lines < 0 ? null : lines;
    }
}
