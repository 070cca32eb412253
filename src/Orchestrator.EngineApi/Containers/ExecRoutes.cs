using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Engine;
using Orchestrator.Engine.Execs;
using Orchestrator.EngineApi.Hijacking;
using Orchestrator.EngineApi.Http;

namespace Orchestrator.EngineApi.Containers;

/// <summary>Further programs in running containers.</summary>
internal sealed class ExecRoutes(EngineApiContext context)
{
    private readonly ContainerEngine engine = context.Engine;

    private static Api.ApiJson Json => Api.ApiJson.Wire;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/containers/{id}/exec", CreateAsync);
        routes.MapPost("/exec/{id}/start", StartAsync);
        routes.MapPost("/exec/{id}/resize", ResizeAsync);
        routes.MapGet("/exec/{id}/json", InspectAsync);
    }

    private async Task CreateAsync(HttpContext http)
    {
        var request = await http.ReadJsonAsync(Json.ExecCreateRequest);
        var id = engine.CreateExec(http.Route("id"), new ExecSpec
        {
            Command = request.Cmd ?? [],
            Env = request.Env ?? [],
            WorkingDirectory = request.WorkingDir,
            User = request.User,
            Tty = request.Tty,
            ConsoleSize = CreateMapping.Console(request.ConsoleSize),
            AttachStdin = request.AttachStdin,
            AttachStdout = request.AttachStdout,
            AttachStderr = request.AttachStderr,
            Privileged = request.Privileged,
            DetachKeys = request.DetachKeys,
        });
        await http.WriteJsonAsync(new Api.IdResponse { Id = id }, Json.IdResponse, StatusCodes.Status201Created);
    }

    private async Task StartAsync(HttpContext http)
    {
        var request = await http.TryReadJsonAsync(Json.ExecStartRequest) ?? new Api.ExecStartRequest();
        var id = http.Route("id");
        var streams = await StartAsync(id, request.Detach, http.RequestAborted);
        if (streams is not null)
            await RawStream.RunAsync(http, streams);
        else if (!request.Detach)
            await RawStream.RunAsync(http, new NothingLive(framed: !engine.InspectExec(id).Spec.Tty));
    }

    /// <summary>That a program cannot be executed is told in its output, as docker does: a client has asked for streams
    /// and shows nothing else, and it takes the exit status from inspect.</summary>
    private async Task<AttachedStreams?> StartAsync(string id, bool detach, CancellationToken cancellationToken)
    {
        try
        {
            return await engine.StartExecAsync(id, detach, cancellationToken);
        }
        catch (EngineException e) when (!detach && e.Error is not (EngineError.NotFound or EngineError.Conflict))
        {
            return new MessageOnly(e.Message, framed: !engine.InspectExec(id).Spec.Tty);
        }
    }

    private async Task ResizeAsync(HttpContext http) =>
        await engine.ResizeExecAsync(
            http.Route("id"), http.Number("h") ?? 0, http.Number("w") ?? 0, http.RequestAborted);

    private async Task InspectAsync(HttpContext http)
    {
        var exec = engine.InspectExec(http.Route("id"));
        await http.WriteJsonAsync(
            new Api.ExecInspect
            {
                ID = exec.Id,
                Running = exec.Running,
                ExitCode = exec.ExitCode,
                ProcessConfig = new()
                {
                    Tty = exec.Spec.Tty,
                    Entrypoint = exec.Spec.Command[0],
                    Arguments = [.. exec.Spec.Command.Skip(1)],
                    Privileged = exec.Spec.Privileged,
                    User = exec.Spec.User.Length > 0 ? exec.Spec.User : null,
                },
                OpenStdin = exec.Spec.AttachStdin,
                OpenStdout = exec.Spec.AttachStdout,
                OpenStderr = exec.Spec.AttachStderr,
                CanRemove = !exec.Running && exec.ExitCode is not null,
                ContainerID = exec.ContainerId,
                DetachKeys = exec.Spec.DetachKeys,
                Pid = exec.Pid,
            },
            Json.ExecInspect);
    }
}
