using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.EngineApi.Http;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Protocol.V1;
using Task = System.Threading.Tasks.Task;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>What a service's tasks, or one task, printed, from whichever nodes they run on.</summary>
internal sealed class ServiceLogRoutes(ControlCalls control)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/services/{id}/logs", OfServiceAsync);
        routes.MapGet("/tasks/{id}/logs", OfTaskAsync);
    }

    private async Task OfServiceAsync(HttpContext http)
    {
        var response = await control.CallAsync(c => c.GetServiceAsync(
            new GetServiceRequest { Reference = http.Route("id") }, cancellationToken: http.RequestAborted));
        await SendAsync(
            http, new LogSelector { ServiceIds = { response.Service.Id } }, response.Service.Spec.Task.Container.Tty);
    }

    private async Task OfTaskAsync(HttpContext http)
    {
        var response = await control.CallAsync(c => c.GetTaskAsync(
            new GetTaskRequest { Reference = http.Route("id") }, cancellationToken: http.RequestAborted));
        await SendAsync(http, new LogSelector { TaskIds = { response.Task.Id } }, response.Task.Spec.Container.Tty);
    }

    private async Task SendAsync(HttpContext http, LogSelector selector, bool terminal)
    {
        var options = ReadOptions(http);
        using var call = (await control.LogsAsync()).SubscribeLogs(
            new SubscribeLogsRequest { Selector = selector, Options = options },
            cancellationToken: http.RequestAborted);
        http.Response.ContentType = terminal ? Api.StreamFrame.RawMediaType : Api.StreamFrame.MultiplexedMediaType;
        try
        {
            await SendAsync(http, call.ResponseStream, terminal, http.Flag("details"), http.Flag("timestamps"));
        }
        catch (RpcException e) when (!http.RequestAborted.IsCancellationRequested)
        {
            if (!http.Response.HasStarted) throw e.ToUser();
            // The head is sent: docker's last frame carries the fault.
            Write(
                http.Response.BodyWriter, Api.StreamKind.SystemError, terminal,
                Encoding.UTF8.GetBytes(e.ToUser().Message + "\n"));
        }
    }

    private static async Task SendAsync(
        HttpContext http, IAsyncStreamReader<LogMessages> source, bool terminal, bool details, bool timestamps)
    {
        var output = http.Response.BodyWriter;
        await http.Response.StartAsync(http.RequestAborted);
        await output.FlushAsync(http.RequestAborted);
        while (await source.MoveNext(http.RequestAborted))
        {
            foreach (var message in source.Current.Messages)
            {
                var kind = message.Stream == LogStream.Stderr ? Api.StreamKind.Stderr : Api.StreamKind.Stdout;
                Write(output, kind, terminal, Line(message, details, timestamps));
            }
            await output.FlushAsync(http.RequestAborted);
        }
    }

    private static void Write(PipeWriter output, Api.StreamKind kind, bool terminal, ReadOnlySpan<byte> line)
    {
        if (!terminal)
        {
            new Api.StreamFrame(kind, line.Length).Write(output.GetSpan(Api.StreamFrame.HeaderSize));
            output.Advance(Api.StreamFrame.HeaderSize);
        }
        output.Write(line);
    }

    /// <summary>
    /// Time first, then the attributes, then what was printed: the order docker's client takes apart.
    /// </summary>
    internal static byte[] Line(LogMessage message, bool details, bool timestamps)
    {
        var prefix = new StringBuilder();
        if (timestamps)
            prefix.Append(
                (message.Timestamp ?? new Timestamp()).ToDateTime().ToString(
                "yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z '", CultureInfo.InvariantCulture));
        if (details)
            prefix.Append("com.docker.swarm.node.id=").Append(message.NodeId)
                .Append(",com.docker.swarm.service.id=").Append(message.ServiceId)
                .Append(",com.docker.swarm.task.id=").Append(message.TaskId).Append(' ');
        return [.. Encoding.UTF8.GetBytes(prefix.ToString()), .. message.Data.Span];
    }

    private static LogOptions ReadOptions(HttpContext http)
    {
        var (stdout, stderr) = (http.Flag("stdout"), http.Flag("stderr"));
        if (!stdout && !stderr) throw SpecFields.Invalid("Bad parameters: you must choose at least one stream");
        var tail = http.Query("tail");
        return new LogOptions
        {
            Stdout = stdout,
            Stderr = stderr,
            Follow = http.Flag("follow"),
            Tail = tail is "" or "all"
                || !long.TryParse(tail, NumberStyles.None, CultureInfo.InvariantCulture, out var lines) ? -1 : lines,
            Since = http.Time("since") is { } since ? Timestamp.FromDateTimeOffset(since) : null,
        };
    }
}
